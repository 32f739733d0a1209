import type { LoadOptions, Plugin, PluginHostOptions } from '@plugwire/runtime';

/** A plugin, and what must be around it so that it does what it was built for. `openTestPlugin` sees to all of it. */
export interface PreparedPlugin {
  /** The bytes, for `host.load`. */
  readonly source: Uint8Array<ArrayBuffer>;
  /** What the load needs, such as a limit to run into; empty where the bytes alone will do. */
  readonly loadOptions: LoadOptions;
  /** What the host needs, such as a host function to call; empty where any host will do. */
  readonly hostOptions: Pick<PluginHostOptions, 'hostFunctions'>;
  /**
   * Brings the loaded plugin to where its next dispatch does it. Only `breaker_open` needs it: it lasts an hour with `loadOptions`, a
   * second without. The plugin is crashed by sample requests, which are counted and logged like any other.
   */
  readonly prepare: (plugin: Plugin) => Promise<void>;
}
