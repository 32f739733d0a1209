// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// A compiler transform that adds the identity to the module, as a custom section.

const IDENTITY = "{\"magic\":[204,27,112,16,0,1,0,0],\"abi_envelope\":1,\"plugin_name\":\"load-balancer-assemblyscript\",\"plugin_version\":\"1.0.0\"}";

export const afterCompile = (module) => {
  module.addCustomSection("cc_lb.plugin.v1", new TextEncoder().encode(IDENTITY));
};
