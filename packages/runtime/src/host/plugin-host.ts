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

/** Options of {@link createPluginHost}. They apply to every plugin of the host. */
export interface PluginHostOptions {
  /** The contracts that plugins may implement: at most 32, with unique names. */
  readonly functions: readonly WireFunction[];
  /** Host functions that plugins may import, in addition to the protocol's six. See {@link defineHostFunction}. */
  readonly hostFunctions?: readonly HostFunction[];
  /**
   * Where plugins with the capability `storage` keep their values. By default this is the memory of this host. The host closes the
   * stores that it opens. It does not close a storage that you pass.
   */
  readonly storage?: PluginStorage;
  /** Clocks and randomness for plugins. Pass your own to make calls repeatable. By default the system's. */
  readonly sources?: HostSources;
  /** A pino logger. Without it the host logs nothing. */
  readonly logger?: HostLogger;
  /** A prom-client registry. Without it no metrics are exported. Several hosts may share one. */
  readonly registry?: MetricRegistry;
  /** Limits for every plugin of this host. They override the defaults in {@link LIMITS}. */
  readonly limits?: LimitOptions;
  /** When the breaker of a plugin opens, and for how long. Overrides the defaults in {@link BREAKER_LIMITS}. */
  readonly breaker?: Partial<BreakerLimits>;
  /** Which calls are recorded for replays. By default none. See {@link defineRecording}. */
  readonly recordings?: readonly RecordingRule[];
  /**
   * Adds the error texts that guests write to `error.message` and to load errors. These texts are payload. Use this while you develop a
   * plugin, never in production. Log lines never contain them.
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

/** A host: its contracts, and the plugins that implement them. */
export interface PluginHost {
  /** The contracts that its plugins may implement. */
  readonly functions: readonly WireFunction[];
  /**
   * Loads a plugin: reads and checks the module, performs the handshake, and runs the plugin's self-check.
   *
   * Rejects with `PluginLoadError` if the plugin is refused, and with `PlugwireUsageError` for wrong use: `bad_source`, `bad_option`,
   * `bad_limit`, `bad_capability`, `too_many_capabilities`, `host_closed`.
   */
  load(source: PluginSource, options?: LoadOptions): Promise<Plugin>;
  /**
   * Starts a plugin that does not run in this thread, such as a process. See `@plugwire/process`. Rejects in the same way, and with
   * `bad_option` for an option that only modules have.
   */
  load(source: CarrierSource, options?: LoadOptions): Promise<ServingPlugin>;
  /**
   * Reserves a name for several plugins that serve under it one after another or side by side. Use it for swaps and canaries, or use
   * `@plugwire/operate`, which builds on it.
   *
   * Throws `PluginLoadError` `identity`/`name_in_use`, and `PlugwireUsageError` `bad_option` or `host_closed`.
   *
   * @example
   * const slot = host.openSlot('greeter');
   * const first = await slot.load('./greeter-1.wasm');
   * const second = await slot.load('./greeter-2.wasm'); // shares the counters and the store of the first one
   * await first.close();
   */
  openSlot(name: string): PluginSlot;
  /**
   * Closes every plugin. Later loads reject with `host_closed`. If a store cannot confirm its writes, this is logged. A storage that you
   * passed stays open. Never rejects.
   */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Creates a host. Its plugins may implement the given contracts. Close the host when you no longer need it.
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
  /** Names in use, by a plugin or a slot. */
  const names = new Set<string>();
  const live = new Set<ServingPlugin>();
  const slots = new Set<PluginSlot>();
  let isClosed = false;

  const claimName = (name: string): SlotRecords => {
    if (names.has(name)) {
      throw loadError(
        'identity',
        'name_in_use',
        `a live plugin or an open slot has the name "${name}": close it first, or choose another name.`,
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
    // Loading a module gives a `Plugin`, as the overloads declare.
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

/** Rejects limits for a function that no contract declares, because they would have no effect. */
const checkLimitedFunctions = (
  functions: LoadContext['functions'],
  limits: LimitOptions | undefined,
): void => {
  const names = functions.map(({ contract }) => contract.name);
  const unknown = Object.keys(limits?.functions ?? {}).find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new PlugwireUsageError(
      'bad_limit',
      `limits.functions names ${JSON.stringify(unknown)}, which is not a function of this host: expected one of ${names.join(', ') || 'none'}.`,
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
      `functions has ${contracts.length} contracts: expected at most ${PROTOCOL_LIMITS.offeredFunctions}. Use several hosts.`,
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
        `functions has two contracts with the name "${contract.name}": expected unique names. Keep the newer one.`,
      );
    }
    if (contract.fallback === 'use_default' && ladder.makeDefault === undefined) {
      throw new PlugwireUsageError(
        'bad_function',
        `functions[${at}] is "${contract.name}", whose fallback is use_default but which has no default: end its definition with .withDefault(…).`,
      );
    }
    names.add(contract.name);
    return { contract, ladder };
  });
};

/** Counts and logs the result of a load. The line has no error message, because that may contain a path of the operator. */
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
