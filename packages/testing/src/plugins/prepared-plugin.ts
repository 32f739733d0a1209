import type { LoadOptions, Plugin, PluginHostOptions } from '@plugwire/runtime';

/** A plugin, and the options of load and host that it needs. `openTestPlugin` applies them. */
export interface PreparedPlugin {
  /** The bytes, for `host.load`. */
  readonly source: Uint8Array<ArrayBuffer>;
  /** Options that the load needs, such as a limit that the plugin exceeds. Empty if none are needed. */
  readonly loadOptions: LoadOptions;
  /** Options that the host needs, such as a host function that the plugin calls. Empty if none are needed. */
  readonly hostOptions: Pick<PluginHostOptions, 'hostFunctions'>;
  /**
   * Brings the loaded plugin to the state in which its next dispatch fails. Only `breaker_open` needs it. The breaker then stays open for an
   * hour with `loadOptions`, and for a second without. The sample requests that open it are counted and logged like any other.
   */
  readonly prepare: (plugin: Plugin) => Promise<void>;
}
