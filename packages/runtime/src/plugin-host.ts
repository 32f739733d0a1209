import {
  findLadder,
  isCapabilityName,
  isPluginName,
  PlugwireUsageError,
  listChoices,
  PROTOCOL_LIMITS,
  showChoice,
  showType,
  type WireFunction,
} from '@plugwire/wire';

import { checkOptions } from './check-options.ts';
import type { HostFunction } from './host-functions/define-host-function.ts';
import { guardSources, type HostSources } from './host-functions/host-sources.ts';
import { PROTOCOL_FUNCTIONS } from './host-functions/protocol-functions.ts';
import type { LimitOptions } from './limits.ts';
import { resolveLimits } from './limits.ts';
import { loadError, PluginLoadError } from './load/load-error.ts';
import { type LoadContext, loadPlugin, type LoadRequest } from './load/load-plugin.ts';
import { createHostMetrics } from './observe/host-metrics.ts';
import type { HostLogger } from './observe/logger.ts';
import { checkLogger, LOG_TARGETS, writeLog } from './observe/logger.ts';
import type { MetricRegistry } from './observe/metric-family.ts';
import { parseConfig } from './sandbox/parse-config.ts';
import { parseWasi, type WasiSettings } from './wasi/parse-wasi.ts';
import type { Plugin } from './plugin/plugin.ts';
import type { PluginSource } from './load/read-source.ts';
import { checkHostFunctions } from './sandbox/imports/host-function.ts';
import { createMemoryStorage } from './storage/create-memory-storage.ts';
import type { PluginStorage } from './storage/plugin-storage.ts';
import { type BreakerLimits, resolveBreakerLimits } from './sandbox/breaker/breaker-limits.ts';
import { INSTANCE_MODES, type InstanceMode } from './sandbox/guest-service.ts';

/** What a host has for all of its plugins. */
export interface PluginHostOptions {
  /** The contracts that plugins may implement; at most 32, each name once. */
  readonly functions: readonly WireFunction[];
  /** What plugins may import beyond the protocol's own functions. */
  readonly hostFunctions?: readonly HostFunction[];
  /**
   * Where plugins that were granted `storage` keep their values; by default in the memory of this host. The host closes the
   * stores that it opened, and not a storage that it was given.
   */
  readonly storage?: PluginStorage;
  /** Where plugins get time and randomness from, for calls that are to be repeated; by default the system's own. */
  readonly sources?: HostSources;
  /** A pino logger; without it the host is silent. */
  readonly logger?: HostLogger;
  /** A prom-client registry; without it nothing is exported. Several hosts may share one. */
  readonly registry?: MetricRegistry;
  /** Limits for every plugin of this host, over the defaults of {@link LIMITS}. */
  readonly limits?: LimitOptions;
  /** When the breaker of each plugin of this host opens, and for how long, over the defaults of {@link BREAKER_LIMITS}. */
  readonly breaker?: Partial<BreakerLimits>;
  /**
   * Puts guests' own error texts into `error.message` and into load errors. They are payload: for developing a plugin,
   * never for production. Log lines stay without them.
   */
  readonly revealGuestErrors?: boolean;
}

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
}

const HOST_OPTIONS: Readonly<Record<keyof PluginHostOptions, true>> = {
  functions: true,
  hostFunctions: true,
  storage: true,
  sources: true,
  logger: true,
  registry: true,
  limits: true,
  breaker: true,
  revealGuestErrors: true,
};

const LOAD_OPTIONS: Readonly<Record<keyof LoadOptions, true>> = {
  name: true,
  sha256: true,
  config: true,
  limits: true,
  breaker: true,
  capabilities: true,
  wasi: true,
  instances: true,
};

/** A host: contracts, and the plugins that serve them. */
export interface PluginHost {
  /**
   * Loads a plugin: reads and checks it, shakes hands, lets it check itself.
   *
   * Rejects with `PluginLoadError` (a refused plugin) or `PlugwireUsageError` (`bad_source`, `bad_option`, `bad_limit`,
   * `bad_capability`, `too_many_capabilities`, `host_closed`).
   */
  load(source: PluginSource, options?: LoadOptions): Promise<Plugin>;
  /**
   * Closes every plugin; a later load is `host_closed`. A store that cannot confirm its writes is logged, and fails nothing:
   * never rejects. A storage that was given stays open.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Creates a host for some contracts.
 *
 * Throws `PlugwireUsageError`: `bad_function`, `duplicate_function`, `too_many_functions`, `bad_host_function`, `bad_limit`,
 * `bad_option`, `registry_conflict`.
 *
 * @example
 * const host = createPluginHost({ functions: [greet] });
 * const plugin = await host.load('./greeter.wasm');
 */
export const createPluginHost = (options: PluginHostOptions): PluginHost => {
  const functions = checkFunctions(checkOptions(options, HOST_OPTIONS).functions);
  const { hostFunctions: given = [], registry, revealGuestErrors = false } = options;
  const logger = checkLogger(options.logger);
  const hostFunctions = checkHostFunctions(given, PROTOCOL_FUNCTIONS);
  const sources = guardSources(options.sources);
  const storage = checkStorage(options.storage ?? createMemoryStorage());
  checkLimitedFunctions(functions, options.limits);
  resolveLimits(options.limits);
  resolveBreakerLimits(options.breaker);
  const metrics = createHostMetrics(registry);
  /** By name; `undefined` while the plugin is loading. What is closed leaves it, or it would be kept for good. */
  const live = new Map<string, Plugin | undefined>();
  let isClosed = false;

  const claimName = (name: string): (() => void) => {
    if (live.has(name)) {
      throw loadError(
        'identity',
        'name_in_use',
        `a live plugin is called "${name}": close it first, or give this one another name.`,
      );
    }
    live.set(name, undefined);
    return () => live.delete(name);
  };
  const context: LoadContext = {
    functions,
    hostFunctions,
    sources,
    storage,
    logger,
    metrics,
    revealGuestErrors,
    claimName,
    checkOpen: () => checkOpen(isClosed),
  };

  const load = async (source: PluginSource, loadOptions: LoadOptions = {}): Promise<Plugin> => {
    checkOpen(isClosed);
    checkLimitedFunctions(functions, checkOptions(loadOptions, LOAD_OPTIONS).limits);
    const request = checkLoadOptions(source, loadOptions, options);
    const plugin = await loadObserved(context, request);
    live.set(plugin.name, plugin);
    if (isClosed) {
      await plugin.close();
      checkOpen(isClosed);
    }
    return plugin;
  };

  const close = async (): Promise<void> => {
    isClosed = true;
    await Promise.all([...live.values()].map(async (plugin) => await plugin?.close()));
    metrics.close();
  };

  return { load, close, [Symbol.asyncDispose]: close };
};

const checkOpen = (isClosed: boolean): void => {
  if (isClosed)
    throw new PlugwireUsageError('host_closed', 'the host is closed: create another to load plugins.');
};

const checkStorage = (storage: PluginStorage): PluginStorage => {
  if (typeof storage === 'object' && storage !== null && typeof storage.open === 'function') return storage;
  throw new PlugwireUsageError(
    'bad_option',
    `storage is ${showType(storage)}: expected what createMemoryStorage returns, or an object with open and close.`,
  );
};

/** A limit under a name that no contract has would limit nothing. */
const checkLimitedFunctions = (
  functions: LoadContext['functions'],
  limits: LimitOptions | undefined,
): void => {
  const names = functions.map(({ contract }) => contract.name);
  const unknown = Object.keys(limits?.functions ?? {}).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new PlugwireUsageError(
      'bad_limit',
      `limits.functions names ${JSON.stringify(unknown)}, which is no function of this host: expected one of ${names.join(', ') || 'none'}.`,
    );
  }
};

const checkFunctions = (contracts: readonly WireFunction[]): LoadContext['functions'] => {
  if (!Array.isArray(contracts)) {
    throw new PlugwireUsageError(
      'bad_function',
      `functions is ${showType(contracts)}: expected a list of contracts from defineWireFunction.`,
    );
  }
  if (contracts.length > PROTOCOL_LIMITS.offeredFunctions) {
    throw new PlugwireUsageError(
      'too_many_functions',
      `${contracts.length} functions are given, at most ${PROTOCOL_LIMITS.offeredFunctions} can be offered: use several hosts.`,
    );
  }
  const names = new Set<string>();
  return (contracts as readonly WireFunction[]).map((contract, at) => {
    const ladder = findLadder(contract);
    if (ladder === undefined) {
      throw new PlugwireUsageError(
        'bad_function',
        `functions[${at}] is ${showType(contract)}: expected a contract from defineWireFunction.`,
      );
    }
    if (names.has(contract.name)) {
      throw new PlugwireUsageError(
        'duplicate_function',
        `functions holds two contracts called "${contract.name}": keep the newer one.`,
      );
    }
    if (contract.fallback === 'use_default' && ladder.makeDefault === undefined) {
      throw new PlugwireUsageError(
        'bad_function',
        `functions[${at}] is "${contract.name}", which falls back with use_default and has no default: end its definition with .withDefault(…).`,
      );
    }
    names.add(contract.name);
    return { contract, ladder };
  });
};

const checkLoadOptions = (
  source: PluginSource,
  options: LoadOptions,
  host: Pick<PluginHostOptions, 'limits' | 'breaker'>,
): LoadRequest => {
  const { name, sha256, capabilities = [], instances = 'shared' } = options;
  if (name !== undefined && !isPluginName(name)) {
    throw new PlugwireUsageError(
      'bad_option',
      `name is ${typeof name === 'string' ? JSON.stringify(name) : showType(name)}: expected ^[a-z][a-z0-9_-]*$ with 1 to 64 bytes, since it is a label and a scope.`,
    );
  }
  if (!INSTANCE_MODES.includes(instances)) {
    throw new PlugwireUsageError(
      'bad_option',
      `instances is ${showChoice(instances)}: expected ${listChoices(INSTANCE_MODES)}.`,
    );
  }
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
  return {
    source,
    name,
    sha256,
    capabilities,
    wasi: parseWasi(options.wasi),
    instances,
    config: parseConfig(options.config),
    limits: resolveLimits(host.limits, options.limits),
    breaker: resolveBreakerLimits(host.breaker, options.breaker),
  };
};

/** Counts and logs how a load ended. The line has no message: a load error may show what the operator's path is called. */
const loadObserved = async (context: LoadContext, request: LoadRequest): Promise<Plugin> => {
  const { logger, metrics } = context;
  try {
    const plugin = await loadPlugin(context, request);
    metrics.countLoad('ok', 'ok');
    const fields = {
      target: LOG_TARGETS.load,
      plugin: plugin.name,
      functions: plugin.metadata.negotiated_functions,
    };
    writeLog(logger, 'info', fields, 'plugin loaded');
    return plugin;
  } catch (error) {
    if (error instanceof PluginLoadError) {
      const { stage, code } = error;
      metrics.countLoad(stage, code);
      writeLog(
        logger,
        'warn',
        { target: LOG_TARGETS.load, plugin: request.name, stage, code },
        'plugin refused',
      );
    }
    throw error;
  }
};
