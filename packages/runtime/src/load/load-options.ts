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

/** What one plugin gets and may do; docs/embed.md and docs/limits.md say more. */
export interface LoadOptions {
  /** The operator's name for the plugin, by default its identity's: the key of metrics, logs and storage. */
  readonly name?: string;
  /** The SHA-256 of the file's bytes, in hex. With several modules, each has its own in `modules`. */
  readonly sha256?: string;
  /** Strings for the guest's `config_get`. */
  readonly config?: Readonly<Record<string, string>>;
  /** Over the host's limits. */
  readonly limits?: LimitOptions;
  /**
   * When a plugin that keeps failing is left alone (`breaker_open`), and for how long: over the host's `breaker`.
   *
   * @example { minimumCalls: 100, failureShare: 0.9, firstBackoffMs: 5000 }
   */
  readonly breaker?: Partial<BreakerLimits>;
  /** What this plugin is granted: none by default. */
  readonly capabilities?: readonly string[];
  /** Whether the plugin gets WASI preview 1: no files, output to the log, arguments and environment if given. Off by default. */
  readonly wasi?: boolean | WasiSettings;
  /** `per_call` gives each call a fresh instance, for tenants that must not share one. By default they share. */
  readonly instances?: InstanceMode;
  /**
   * Whose store the plugin gets if it is granted `storage`: by default that of its name. Plugins with one scope share their values, such as
   * a canary and the plugin that it will replace.
   */
  readonly storageScope?: string;
  /**
   * The `metadata` of an earlier load of the same file, checked and fresh, so that the handshake and the self-check are skipped. It is not
   * used, and both run, if it names another plugin, functions or versions that this host does not offer, or capabilities that are not granted now.
   */
  readonly metadata?: PluginMetadata;
  /** Whose calls are recorded, in place of the host's `recordings`; `[]` for none. */
  readonly recordings?: readonly RecordingRule[];
}

/** What one plugin is loaded with, checked. */
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

/** What the host has for all of its plugins, over which the options of a load lie. */
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
 * Checks what a plugin is to be loaded with, over what the host has for all of them.
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

/** Gives a name back if it is one, or none. Throws `PlugwireUsageError` `bad_option`, naming the option. */
export const checkName = <Name extends string | undefined>(option: string, name: Name): Name => {
  if (name === undefined || isPluginName(name)) return name;
  throw new PlugwireUsageError(
    'bad_option',
    `${option} is ${typeof name === 'string' ? JSON.stringify(name) : showType(name)}: expected ^[a-z][a-z0-9_-]*$ with 1 to 64 bytes, since it is a label and a scope.`,
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
      `${capabilities.length} capabilities are granted, at most ${PROTOCOL_LIMITS.capabilities} can be offered: grant fewer.`,
    );
  }
};
