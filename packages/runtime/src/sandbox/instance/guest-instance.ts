import type { WasmExports } from '../../base/web-assembly-types.ts';
import { isUtf8 } from 'node:buffer';

import type { JsonDraft } from '@plugwire/wire';

import { clock } from '../../base/clock.ts';
import type { HostFunction } from '../../host-functions/define-host-function.ts';
import type { HostCaller, HostCallIntercept } from '../../host-functions/host-function-body.ts';
import type { GuardedSources } from '../../host-functions/host-sources.ts';
import type { CallLimits, PluginLimits } from '../../base/limits.ts';
import { INITIALISERS, METERED_EXPORTS, RESERVED_PREFIX } from '../../metering/reserved-names.ts';
import type { WasiSettings } from '../../wasi/parse-wasi.ts';
import type { Wasi } from '../../wasi/create-wasi.ts';
import type { CallFailure, CallResult, GuestOutput } from '../../outcomes/call-result.ts';
import { callFailure } from '../../outcomes/call-result.ts';
import { classifyFailure, isOwnTrap } from './classify-failure.ts';
import { createGuestWasi } from './create-guest-wasi.ts';
import { ALLOC_REFUSED, chargedKernel, createHostServices, GROWTH_REFUSED } from './host-services.ts';
import { createCleanSlate } from './clean-slate.ts';
import type { GuestLink, NamedModule, RawHostFunctions } from '../../link/extism-link.ts';
import { linkedModule, type LinkedModule, memoryBytes, type StateFacts } from './linked-module.ts';
import type { HostCallGate, HostFunctionTable } from '../imports/host-function.ts';
import { bindHostFunctions } from '../imports/host-function.ts';
import type { InstanceLog } from '../../observe/guest-log.ts';
import type { Kernel } from '../../kernel/kernel.ts';
import { checkJsonCost } from '../../kernel/json-cost.ts';
import { createKernel, STATE } from '../../kernel/kernel.ts';
import { type Budget, createMeter, type FuelUsed, type Meter, type Slice } from './meter.ts';
import { createCallStop, type CallStop } from './call-stop.ts';

/** The rights of an instance, its log, and the caller that host functions see. */
export interface GuestRights {
  readonly gate: HostCallGate;
  readonly log: InstanceLog;
  readonly caller: HostCaller;
  /** Creates the code that runs around a host function when calls are recorded or replayed. */
  readonly intercept?: ((declared: HostFunction) => HostCallIntercept) | undefined;
}

/** A start function, the number of its module, and its arguments: zeros of the right types. */
export interface InitialiserCall {
  readonly module: number;
  readonly exportedAs: string;
  readonly values: readonly (0 | 0n)[];
}

/** A linked module with WASI: the namespace from which it imports WASI, and its number. */
interface WasiBinding {
  readonly namespace: string;
  readonly index: number;
}

/** A module, and the facts from metering. They are `undefined` if the module is not metered. */
interface GuestModule extends NamedModule {
  readonly facts: StateFacts | undefined;
}

/** Links the modules of a guest. Both functions return the exports in the order of {@link GuestParts.modules}. */
export interface Linker {
  /** Creates the first instance of a guest. Rejects with what the engine throws. */
  first(): Promise<readonly WasmExports[]>;
  /** Creates a later instance. Throws what the engine throws. */
  again(): readonly WasmExports[];
}

/** The parts of an instance. */
export interface GuestParts extends GuestRights {
  /** The first one is named `main`. */
  readonly modules: readonly GuestModule[];
  /** How fuel is handed out. */
  readonly slice: Slice;
  /** The start functions, in the order in which they run. */
  readonly initialisers: readonly InitialiserCall[];
  readonly hostFunctions: HostFunctionTable;
  readonly sources: GuardedSources;
  /** The linked modules with WASI. Each one has its own (RATIONALE.md, "Why does each linked module have its own WASI?"). */
  readonly wasi: readonly WasiBinding[];
  readonly wasiSettings: Required<WasiSettings>;
  readonly config: Pick<ReadonlyMap<string, string>, 'get'>;
  readonly limits: PluginLimits;
}

/** The input of a call: text, bytes, or a draft of JSON. */
export type CallInput = string | Uint8Array | JsonDraft;

/** An instance that can be called, one call at a time. */
export interface GuestInstance {
  /**
   * Calls an export with an input. Never throws. The output is valid until the next call. The deadline counts from `startedMs`, in
   * milliseconds of `clock.nowMs`. It is a parameter because the caller has just read the clock.
   */
  call(name: string, input: CallInput, limits: CallLimits, startedMs: number): CallResult;
  /** Returns the fuel of the calls that have ended. Calls that were refused before they ran are not included. */
  fuelUsed(): FuelUsed;
  /** Returns the size of the guest's linear memory at the end of its last call, in bytes. */
  memoryBytes(): number;
  /** Saves the state that `restore` returns to. Must be called before the first call. */
  save(): void;
  /** Restores the saved state. With `keep`, the guest's variables stay. Never throws. `prepare` may have to complete it. */
  restore(keep?: 'variables'): void;
  /** Returns whether it can be called. If not, call `prepare` first. */
  isReady(): boolean;
  /**
   * Completes a restore within this deadline, which counts from `startedMs`. Never throws. Returns a failure if the instance is not
   * ready. You can call it again.
   */
  prepare(deadlineMs: number, startedMs: number): CallFailure | undefined;
}

/** An instance, or the failure of its start functions. */
export type Created = { readonly ok: true; readonly instance: GuestInstance } | CallFailure;

/**
 * Creates an instance of a guest with its own kernel, and runs its start functions, which are metered. `createLinker` receives the
 * functions that the host provides. `isFirst` is true for the first instance of a guest. Rejects with what the engine throws at
 * instantiation.
 */
export const createGuestInstance = async (
  parts: GuestParts,
  createLinker: (link: GuestLink) => Linker,
  isFirst: boolean,
): Promise<Created> => {
  const { limits } = parts;
  const stopped = createCallStop();
  const meter = createMeter(parts.slice);
  const services = createHostServices(parts, stopped, meter);
  const kernel = createKernel(limits.kernelMemoryBytes, services);
  let modules: readonly LinkedModule[] = [];
  const wasi = parts.wasi.map(({ namespace, index }) => {
    const memory = () => modules[index]?.memory;
    const host = { ...services, memory, settings: parts.wasiSettings };
    return [namespace, createGuestWasi(host)] as const;
  });
  const linker = createLinker({
    kernel,
    hostFunctions: bindHostFunctions(parts.hostFunctions, chargedKernel(kernel, services), services),
    wasi: functionsOf(wasi),
  });
  const runner = createRunner(
    kernel,
    meter,
    stopped,
    wasi.map(([, own]) => own),
  );

  const use = (instance: readonly WasmExports[]): void => {
    modules = instance.map((exports, at) => linkedModule(exports, parts.modules[at]?.facts));
    meter.attach(instance.filter((exports) => METERED_EXPORTS.exchangeFuel in exports));
  };
  const start = (budget: Budget, startedMs: number): CallFailure | undefined => {
    const entry = (): undefined => runInitialisers(modules, parts.initialisers, stopped);
    const failure = runner.run(entry, budget, startedMs);
    meter.forget(); // start functions do not count as calls
    return failure;
  };

  use(isFirst ? await linker.first() : linker.again());
  const startBudget = { deadlineMs: limits.initialisationMs, fuel: limits.initialisationFuel };
  const failure = start(startBudget, clock.nowMs());
  if (failure !== undefined) return failure;

  const slate = createCleanSlate({
    modules: () => modules,
    replace: () => use(linker.again()),
    start: parts.initialisers.length === 0 ? undefined : start,
    startBudget,
    variables: services.variables,
    wasi: wasi.map(([, own]) => own),
  });
  let lastMemoryBytes: number | undefined;
  const call = createCall(kernel, () => modules[0]?.exports ?? {}, runner, meter, parts.log);
  return {
    ok: true,
    instance: {
      call: (name, input, callLimits, startedMs) => {
        lastMemoryBytes = undefined;
        return call(name, input, callLimits, startedMs);
      },
      fuelUsed: meter.used,
      memoryBytes: () => lastMemoryBytes ?? memoryBytes(modules),
      save: slate.save,
      restore: (keep) => {
        lastMemoryBytes ??= memoryBytes(modules);
        slate.restore(keep);
      },
      isReady: slate.isReady,
      prepare: slate.prepare,
    },
  };
};

const functionsOf = (wasi: readonly (readonly [string, Wasi])[]): RawHostFunctions =>
  Object.fromEntries(wasi.map(([namespace, { functions }]) => [namespace, functions]));

/** Runs the start functions. If one exits with status 0, the next one still runs. */
const runInitialisers = (
  modules: readonly LinkedModule[],
  calls: readonly InitialiserCall[],
  stopped: CallStop,
): undefined => {
  for (const { module, exportedAs, values } of calls) {
    const { exports } = modules[module] as LinkedModule;
    try {
      (exports[exportedAs] as (...zeros: unknown[]) => unknown)(...values);
    } catch (error) {
      if (!stopped.isLeaving(error)) throw error;
      stopped.clear();
    }
  }
};

interface Runner {
  run(entry: () => unknown, budget: Budget, startedMs: number): CallFailure | undefined;
  /** Returns whether the guest exited with status 0 in the last run. */
  hasLeft(): boolean;
}

const createRunner = (kernel: Kernel, meter: Meter, stopped: CallStop, wasi: readonly Wasi[]): Runner => {
  /** Reads at most as much as of a log line. It is read after the call, and a guest can set 16 MiB, which take 0.2 s to decode. */
  const errorText = (): string | undefined =>
    kernel.state(STATE.errorAddress) === 0
      ? undefined
      : kernel.line(kernel.state(STATE.errorAddress), kernel.state(STATE.errorLength));

  const ownError = (): CallFailure | undefined => {
    const text = errorText();
    return text === undefined ? undefined : callFailure('guest_error', undefined, text);
  };

  /** Runs the guest and returns its failure. The meter may still report another one. */
  const attempt = (entry: () => unknown): CallFailure | undefined => {
    let status: unknown;
    try {
      status = entry();
    } catch (error) {
      if (stopped.failure() !== undefined) return stopped.failure();
      if (stopped.isLeaving(error)) return ownError();
      const code = classifyFailure(error, kernel.state(STATE.fault));
      if (isOwnTrap(code) && meter.wasGrowthRefused())
        return callFailure('memory', GROWTH_REFUSED, errorText());
      // PDKs do not check the returned handle. They write to block 0, or panic.
      if ((isOwnTrap(code) || code === 'bad_handle') && kernel.state(STATE.allocRefused) !== 0)
        return callFailure('memory', ALLOC_REFUSED, errorText());
      return callFailure(code, undefined, errorText());
    }
    if (stopped.failure() !== undefined) return stopped.failure();
    const isFine = status === undefined || status === 0 || status === 0n;
    return ownError() ?? (isFine ? undefined : callFailure('guest_error', 'it returned a non-zero status'));
  };

  return {
    run: (entry, budget, startedMs) => {
      if (!meter.begin(budget, startedMs))
        return { ...callFailure('deadline', 'no time was left'), isUntouched: true };
      stopped.clear();
      let failure: CallFailure | undefined;
      try {
        failure = attempt(entry);
        for (const own of wasi) own.flush();
      } finally {
        const stoppedBy = meter.end();
        if (stoppedBy !== undefined) failure = callFailure(stoppedBy);
      }
      return failure;
    },
    hasLeft: stopped.hasLeft,
  };
};

const createCall = (
  kernel: Kernel,
  exports: () => WasmExports,
  runner: Runner,
  meter: Meter,
  log: InstanceLog,
): GuestInstance['call'] => {
  const findKnownEntry = createEntries(exports);
  return (name, input, limits, startedMs) => {
    const entry = findKnownEntry(name);
    if (entry === undefined) return callFailure('no_function');
    const refused = giveInput(kernel, input, limits);
    if (refused !== undefined) return refused;
    log.enter(name);
    const failure = runner.run(entry, limits, startedMs);
    log.enter(undefined);
    if (failure !== undefined) return failure;
    const ended = { ok: true, deadlineMs: meter.deadlineMs(), hasLeft: runner.hasLeft() } as const;
    if (kernel.state(STATE.outputIsSet) === 0) return { ...ended, output: null };
    const length = kernel.state(STATE.outputLength);
    return length > limits.outputBytes || length < 0
      ? callFailure('output_too_large', `${length >>> 0} bytes, at most ${limits.outputBytes}`)
      : { ...ended, output: createOutput(kernel, kernel.state(STATE.outputAddress), length) };
  };
};

/** Caches entries of the current instance, because finding an export takes longer than a short call. */
const createEntries = (exportsNow: () => WasmExports): ((name: string) => (() => unknown) | undefined) => {
  const known = new Map<string, () => unknown>();
  let exports = exportsNow();
  return (name) => {
    const now = exportsNow();
    if (now !== exports) {
      known.clear();
      exports = now;
    }
    const present = known.get(name);
    if (present !== undefined) return present;
    const entry = findEntry(exports, name);
    if (entry !== undefined) known.set(name, entry);
    return entry;
  };
};

const giveInput = (
  kernel: Kernel,
  input: CallInput,
  { requestBytes }: CallLimits,
): CallFailure | undefined => {
  if (typeof input === 'object' && 'pieces' in input) {
    // If the pieces are refused, the exact text gives the right failure.
    return kernel.beginDraft(input, requestBytes)
      ? undefined
      : giveValue(kernel, input.exact(), requestBytes);
  }
  return giveValue(kernel, input, requestBytes);
};

const giveValue = (
  kernel: Kernel,
  value: string | Uint8Array,
  mostBytes: number,
): CallFailure | undefined => {
  const byteLength = typeof value === 'string' ? Buffer.byteLength(value) : value.length;
  if (byteLength > mostBytes) {
    return callFailure('request_too_large', `${byteLength} bytes, at most ${mostBytes}`);
  }
  return kernel.begin(value, byteLength)
    ? undefined
    : callFailure('request_too_large', `${byteLength} bytes do not fit limits.kernelMemoryBytes`);
};

/** Finds an exported function without parameters, as Extism does. Functions that metering has added are excluded. */
const findEntry = (exports: WasmExports, name: string): (() => unknown) | undefined => {
  if (name.startsWith(RESERVED_PREFIX)) return undefined;
  // Metering renamed start functions, so that they cannot run unmetered. They can still be called by their own names.
  const exported = INITIALISERS.some((initialiser) => initialiser === name) ? RESERVED_PREFIX + name : name;
  const entry = Object.hasOwn(exports, exported) ? exports[exported] : undefined;
  return typeof entry === 'function' && entry.length === 0 ? (entry as () => unknown) : undefined;
};

const REPLACEMENT = '\uFFFD';

const createOutput = (kernel: Kernel, address: number, length: number): GuestOutput => ({
  bytes: () => kernel.bytes(address, length),
  text: () => {
    const text = kernel.text(address, length);
    // Invalid UTF-8 always gives replacement characters. They are rare in valid text, so only then check the bytes.
    return text.includes(REPLACEMENT) && !isUtf8(kernel.bytes(address, length)) ? undefined : text;
  },
  checkJson: (limits) => checkJsonCost(kernel, address, length, limits),
});
