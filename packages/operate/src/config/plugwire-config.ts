import type { BreakerLimits, InstanceMode, LimitOptions, WasiSettings } from '@plugwire/runtime';

import type { ReplaySettings } from '../handle/check-replay.ts';

/** The settings of one plugin in the configuration file. */
export interface PluginConfig {
  /** Absolute path of the module. In the file it may be relative to the file’s folder. A plugin has either a path or a carrier. */
  readonly path?: string;
  /** The name of the carrier that starts a plugin that is not a module. One of the operator’s `carriers`. */
  readonly carrier?: string;
  /** Settings for the carrier. The carrier defines them. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The SHA-256 of the module, in hex. */
  readonly sha256?: string;
  /** Whether its dispatches return the fallback, as after `handle.disable()`. By default false. */
  readonly disabled: boolean;
  /** Configuration that the plugin reads with Extism’s `config_get`. */
  readonly config: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  readonly limits: LimitOptions;
  readonly breaker: Partial<BreakerLimits>;
  readonly wasi: boolean | WasiSettings;
  readonly instances: InstanceMode;
  /** The scope of its store. By default its name. */
  readonly storageScope?: string;
  /** Settings for the replay of recorded calls to a new version before it serves. By default no replay. */
  readonly replay?: ReplaySettings;
}

/** The plugins of one host, with their roles and chains. */
export interface HostConfig {
  /** The names of its plugins, in order. A host can use no others. */
  readonly plugins: readonly string[];
  /** The plugin of each role. The embedder defines the roles. */
  readonly roles: Readonly<Record<string, string>>;
  /** The plugins of each chain, in order. */
  readonly chains: Readonly<Record<string, readonly string[]>>;
}

/** A configuration that was read and checked. */
export interface PlugwireConfig {
  /** Absolute path of the file. */
  readonly file: string;
  readonly plugins: Readonly<Record<string, PluginConfig>>;
  readonly hosts: Readonly<Record<string, HostConfig>>;
}
