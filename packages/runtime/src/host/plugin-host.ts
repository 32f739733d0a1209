import { findLadder, PlugwireUsageError, PROTOCOL_LIMITS, showType, type WireFunction } from '@plugwire/wire';

import { type CarrierSource, isCarrierSource } from '../carrier/carrier.ts';
import { checkCarriedOptions, loadCarried } from '../carrier/load-carried.ts';
import { checkOptions } from '../base/check-options.ts';
import type { HostFunction } from '../host-functions/define-host-function.ts';
import { guardSources, type HostSources } from '../host-functions/host-sources.ts';
import { PROTOCOL_FUNCTIONS } from '../host-functions/protocol-functions.ts';
import { type LimitOptions, resolveLimits } from '../base/limits.ts';
import { loadError, PluginLoadError } from '../outcomes/load-error.ts';
import { checkLoadOptions, checkName, type LoadOptions } from '../load/load-options.ts';
import { type LoadContext, loadPlugin } from '../load/load-plugin.ts';
import type { PluginSource } from '../modules/read-source.ts';
import { publish } from '../observe/channels.ts';
import { createHostMetrics } from '../observe/host-metrics.ts';
import { checkLogger, type HostLogger, LOG_TARGETS, writeLog } from '../observe/logger.ts';
import type { MetricRegistry } from '../observe/metric-family.ts';
import { createAbsentPlugin } from '../plugin/absent-plugin.ts';
import type { Plugin } from '../plugin/plugin.ts';
import type { ServingPlugin } from '../plugin/serving-plugin.ts';
import { openSlotRecords, type SlotRecords } from '../plugin/slot-records.ts';
import { createPluginSlot, type PluginSlot } from './plugin-slot.ts';
import { checkRecordings, type RecordingRule } from '../recording/define-recording.ts';
import { type BreakerLimits, resolveBreakerLimits } from '../breaker/breaker-limits.ts';
import { checkHostFunctions } from '../sandbox/imports/host-function.ts';
import { createMemoryStorage } from '../storage/create-memory-storage.ts';
import type { PluginStorage } from '../storage/plugin-storage.ts';

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
  /** Whose calls are recorded, for replays: none by default. See {@link defineRecording}. */
  readonly recordings?: readonly RecordingRule[];
  /**
   * Puts guests' own error texts into `error.message` and into load errors. They are payload: for developing a plugin,
   * never for production. Log lines stay without them.
   */
  readonly revealGuestErrors?: boolean;
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
  recordings: true,
  revealGuestErrors: true,
};

/** A host: contracts, and the plugins that serve them. */
export interface PluginHost {
  /** The contracts that its plugins may implement. */
  readonly functions: readonly WireFunction[];
  /**
   * Loads a plugin: reads and checks it, shakes hands, lets it check itself.
   *
   * Rejects with `PluginLoadError` (a refused plugin) or `PlugwireUsageError` (`bad_source`, `bad_option`, `bad_limit`,
   * `bad_capability`, `too_many_capabilities`, `host_closed`).
   */
  load(source: PluginSource, options?: LoadOptions): Promise<Plugin>;
  /**
   * Starts a plugin that does not run in this thread, such as a process: see `@plugwire/process`. Options that only modules have are
   * `bad_option`.
   */
  load(source: CarrierSource, options?: LoadOptions): Promise<ServingPlugin>;
  /**
   * Takes a name for plugins that serve under it one after another, or side by side: for swaps and canaries. `@plugwire/operate` is built
   * on it. Throws `PluginLoadError` `identity`/`name_in_use`, `PlugwireUsageError` `bad_option` or `host_closed`.
   *
   * @example
   * const slot = host.openSlot('greeter');
   * const first = await slot.load('./greeter-1.wasm');
   * const second = await slot.load('./greeter-2.wasm'); // beside the first one, with the same counters and the same store
   * await first.close();
   */
  openSlot(name: string): PluginSlot;
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
  checkRecordings(options.recordings ?? [], options.functions);
  const metrics = createHostMetrics(registry);
  /** What has a name of this host: a plugin, or a slot. */
  const names = new Set<string>();
  const live = new Set<ServingPlugin>();
  const slots = new Set<PluginSlot>();
  let isClosed = false;

  const claimName = (name: string): SlotRecords => {
    if (names.has(name)) {
      throw loadError(
        'identity',
        'name_in_use',
        `"${name}" is the name of a live plugin or of an open slot: close it first, or give this one another name.`,
      );
    }
    names.add(name);
    const records = openSlotRecords(name, metrics, logger);
    return {
      ...records,
      close: () => {
        records.close();
        names.delete(name);
      },
    };
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
    live,
    checkOpen: () => checkOpen(isClosed),
  };

  const loadInto = async (
    source: PluginSource | CarrierSource,
    loadOptions: LoadOptions,
    slot: SlotRecords | undefined,
  ): Promise<ServingPlugin> => {
    checkOpen(isClosed);
    const request = checkLoadOptions(loadOptions, options);
    checkLimitedFunctions(functions, loadOptions.limits);
    if (isCarrierSource(source)) checkCarriedOptions(loadOptions);
    const plugin = await loadObserved(context, request.name, async () =>
      isCarrierSource(source)
        ? await loadCarried(context, source, request, slot)
        : await loadPlugin(context, { ...request, source }, slot),
    );
    if (isClosed) {
      await plugin.close();
      checkOpen(isClosed);
    }
    return plugin;
  };

  const openSlot = (name: string): PluginSlot => {
    checkOpen(isClosed);
    const records = claimName(checkName('name', name));
    const slot = createPluginSlot({
      records,
      absent: createAbsentPlugin(
        records,
        options.functions,
        resolveLimits(options.limits),
        revealGuestErrors,
      ),
      load: async (source, loadOptions = {}) => await loadInto(source, { ...loadOptions, name }, records),
      plugins: () => [...live].filter((plugin) => plugin.name === name),
      onClose: () => slots.delete(slot),
    });
    slots.add(slot);
    return slot;
  };

  const close = async (): Promise<void> => {
    isClosed = true;
    await Promise.all([...live, ...slots].map(async (each) => await each.close()));
    metrics.close();
  };

  const load = async (source: PluginSource | CarrierSource, loadOptions: LoadOptions = {}) =>
    await loadInto(source, loadOptions, undefined);

  return {
    functions: Object.freeze(functions.map(({ contract }) => contract)),
    // A module becomes a plugin that can be called in this thread: what the overloads say.
    load: load as PluginHost['load'],
    openSlot,
    close,
    [Symbol.asyncDispose]: close,
  };
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

/** Counts and logs how a load ended. The line has no message: a load error may show what the operator's path is called. */
const loadObserved = async (
  { logger, metrics }: LoadContext,
  name: string | undefined,
  load: () => Promise<ServingPlugin>,
): Promise<ServingPlugin> => {
  try {
    const plugin = await load();
    metrics.countLoad('ok', 'ok');
    const { name: loaded, identity, sha256 } = plugin;
    const version = identity.plugin_version;
    const fields = {
      target: LOG_TARGETS.load,
      plugin: loaded,
      version,
      sha256,
      functions: plugin.functions,
    };
    writeLog(logger, 'info', fields, 'plugin loaded');
    publish('load', () => ({ plugin: loaded, version, sha256 }));
    return plugin;
  } catch (error) {
    if (error instanceof PluginLoadError) {
      const { stage, code } = error;
      metrics.countLoad(stage, code);
      writeLog(logger, 'warn', { target: LOG_TARGETS.load, plugin: name, stage, code }, 'plugin refused');
      publish('load', () => ({ plugin: name, stage, code }));
    }
    throw error;
  }
};
