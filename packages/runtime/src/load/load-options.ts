import {
  isCapabilityName,
  isPluginName,
  listChoices,
  PlugwireUsageError,
  PROTOCOL_LIMITS,
  showChoice,
  showType,
  type PluginMetadata,
  type WireFunction,
} from '@plugwire/wire';

import { checkOptions } from '../base/check-options.ts';
import { type LimitOptions, type ResolvedLimits, resolveLimits } from '../base/limits.ts';
import { checkRecordings, type RecordingRule } from '../recording/define-recording.ts';
import { type BreakerLimits, resolveBreakerLimits } from '../breaker/breaker-limits.ts';
import { INSTANCE_MODES, type InstanceMode } from '../sandbox/guest-service.ts';
import { parseConfig } from '../sandbox/parse-config.ts';
import { parseWasi, type WasiSettings } from '../wasi/parse-wasi.ts';
import type { PluginSource } from '../modules/read-source.ts';

/** Options for loading one plugin. See docs/embed.md and docs/limits.md. */
export interface LoadOptions {
  /** The operator's name for the plugin. It is used in metrics, logs and storage. By default the name in the plugin's identity. */
  readonly name?: string;
  /** The SHA-256 that the file must have, in hex. With several modules, give one for each in `modules`. */
  readonly sha256?: string;
  /** Configuration that the guest reads with `config_get`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Limits for this plugin. They override the host's limits. */
  readonly limits?: LimitOptions;
  /**
   * When the breaker of this plugin opens, and for how long. While it is open, calls fail with `breaker_open`. Overrides the host's `breaker`.
   *
   * @example { minimumCalls: 100, failureShare: 0.9, firstBackoffMs: 5000 }
   */
  readonly breaker?: Partial<BreakerLimits>;
  /** The capabilities that are granted to this plugin. By default none. */
  readonly capabilities?: readonly string[];
  /** Whether the plugin gets WASI preview 1, without files. Output goes to the log. Arguments and environment are optional. By default off. */
  readonly wasi?: boolean | WasiSettings;
  /** `per_call` runs each call in a fresh instance, so that calls of different tenants share no memory. By default `shared`. */
  readonly instances?: InstanceMode;
  /**
   * The scope of the plugin's store, if it is granted `storage`. Plugins with the same scope share their values, such as a canary and the
   * plugin that it replaces. By default the plugin's name.
   */
  readonly storageScope?: string;
  /**
   * The `metadata` of an earlier load of the same file. With it the handshake and the self-check are skipped. Both still run if the metadata
   * has expired, names another plugin, or has functions, versions or capabilities that are not offered now.
   */
  readonly metadata?: PluginMetadata;
  /** Which calls are recorded. Replaces the host's `recordings`. `[]` records none. */
  readonly recordings?: readonly RecordingRule[];
}

/** Checked options of a load. */
export interface LoadRequest {
  readonly source: PluginSource;
  readonly name: string | undefined;
  readonly sha256: string | undefined;
  readonly config: ReadonlyMap<string, string>;
  readonly limits: ResolvedLimits;
  readonly breaker: BreakerLimits;
  readonly capabilities: readonly string[];
  readonly wasi: Required<WasiSettings> | undefined;
  readonly instances: InstanceMode;
  readonly storageScope: string | undefined;
  readonly metadata: PluginMetadata | undefined;
  readonly recordings: readonly RecordingRule[];
}

/** The host's settings for all plugins. Options of a load override them. */
export interface HostDefaults {
  readonly functions: readonly WireFunction[];
  readonly limits?: LimitOptions;
  readonly breaker?: Partial<BreakerLimits>;
  readonly recordings?: readonly RecordingRule[];
}

const LOAD_OPTIONS: Readonly<Record<keyof LoadOptions, true>> = {
  name: true,
  sha256: true,
  config: true,
  limits: true,
  breaker: true,
  capabilities: true,
  wasi: true,
  instances: true,
  storageScope: true,
  metadata: true,
  recordings: true,
};

/**
 * Checks the options of a load and merges them with the host's settings.
 *
 * Throws `PlugwireUsageError` `bad_option`, `bad_limit`, `bad_capability`, `too_many_capabilities`.
 */
export const checkLoadOptions = (options: LoadOptions, host: HostDefaults): Omit<LoadRequest, 'source'> => {
  const { sha256, capabilities = [], instances = 'shared', metadata } = checkOptions(options, LOAD_OPTIONS);
  const name = checkName('name', options.name);
  const storageScope = checkName('storageScope', options.storageScope);
  if (!INSTANCE_MODES.includes(instances)) {
    throw new PlugwireUsageError(
      'bad_option',
      `instances is ${showChoice(instances)}: expected ${listChoices(INSTANCE_MODES)}.`,
    );
  }
  checkCapabilities(capabilities);
  return {
    name,
    sha256,
    capabilities,
    wasi: parseWasi(options.wasi),
    instances,
    config: parseConfig(options.config),
    limits: resolveLimits(host.limits, options.limits),
    breaker: resolveBreakerLimits(host.breaker, options.breaker),
    storageScope,
    metadata,
    recordings: checkRecordings(options.recordings ?? host.recordings ?? [], host.functions),
  };
};

/** Returns a valid plugin name, or `undefined` for `undefined`. Throws `PlugwireUsageError` `bad_option` for any other value. */
export const checkName = <Name extends string | undefined>(option: string, name: Name): Name => {
  if (name === undefined || isPluginName(name)) return name;
  throw new PlugwireUsageError(
    'bad_option',
    `${option} is ${typeof name === 'string' ? JSON.stringify(name) : showType(name)}: expected ^[a-z][a-z0-9_-]*$ with 1 to 64 bytes. The name is used in metrics and storage.`,
  );
};

const checkCapabilities = (capabilities: readonly string[]): void => {
  if (!Array.isArray(capabilities)) {
    throw new PlugwireUsageError(
      'bad_capability',
      `capabilities is ${showType(capabilities)}: expected a list of names, such as ['log'].`,
    );
  }
  const bad = (capabilities as readonly string[]).find((capability) => !isCapabilityName(capability));
  if (bad !== undefined) {
    throw new PlugwireUsageError(
      'bad_capability',
      `a capability is ${typeof bad === 'string' ? JSON.stringify(bad) : showType(bad)}: expected names like log or http:read (^[a-z][a-z0-9_]*$, joined by colons), at most 64 bytes.`,
    );
  }
  if (capabilities.length > PROTOCOL_LIMITS.capabilities) {
    throw new PlugwireUsageError(
      'too_many_capabilities',
      `capabilities has ${capabilities.length} names: expected at most ${PROTOCOL_LIMITS.capabilities}. Grant fewer.`,
    );
  }
};
