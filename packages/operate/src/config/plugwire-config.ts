import type { BreakerLimits, InstanceMode, LimitOptions, WasiSettings } from '@plugwire/runtime';

import type { ReplaySettings } from '../handle/check-replay.ts';

/** What the configuration file says of one plugin. */
export interface PluginConfig {
  /** The module, absolute: in the file it may be relative to the file’s folder. A plugin has either a module or a carrier. */
  readonly path?: string;
  /** What starts a plugin that is no module: one of the operator’s `carriers`. */
  readonly carrier?: string;
  /** What the carrier is to start, in its own words. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The SHA-256 of the module, in hex. */
  readonly sha256?: string;
  /** Whether its dispatches give the fallback, as after `handle.disable()`. False by default. */
  readonly disabled: boolean;
  /** What the plugin reads by Extism’s `config_get`. */
  readonly config: Readonly<Record<string, string>>;
  readonly capabilities: readonly string[];
  readonly limits: LimitOptions;
  readonly breaker: Partial<BreakerLimits>;
  readonly wasi: boolean | WasiSettings;
  readonly instances: InstanceMode;
  /** Whose store it gets: its own name’s by default. */
  readonly storageScope?: string;
  /** How a new version is tried with recorded calls before it serves. */
  readonly replay?: ReplaySettings;
}

/** Which plugins one host may use, and for what. */
export interface HostConfig {
  /** The names of its plugins, in order. A host gets no other. */
  readonly plugins: readonly string[];
  /** The plugin of each role. What the roles are is the embedder’s. */
  readonly roles: Readonly<Record<string, string>>;
  /** The plugins that serve a function in order. */
  readonly chains: Readonly<Record<string, readonly string[]>>;
}

/** A configuration that was read and checked. */
export interface PlugwireConfig {
  /** The file that it came from, absolute. */
  readonly file: string;
  readonly plugins: Readonly<Record<string, PluginConfig>>;
  readonly hosts: Readonly<Record<string, HostConfig>>;
}
