// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// The functions of the host that the plugin may call. The module imports only those that it calls.


export namespace host {}
