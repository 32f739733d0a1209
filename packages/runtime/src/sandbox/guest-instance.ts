import { isUtf8 } from 'node:buffer';

import type { CallLimits, PluginLimits } from '../limits.ts';
import { INITIALISERS, RESERVED_PREFIX } from '../metering/reserved-names.ts';
import type { Wasi } from '../wasi/create-wasi.ts';
import type { CallFailure, CallResult, GuestOutput } from './call-result.ts';
import { callFailure } from './call-result.ts';
import { classifyFailure } from './classify-failure.ts';
import { createGuestWasi } from './create-guest-wasi.ts';
import type { Instantiate, NamedModule } from './extism-link.ts';
import type { HostCallGate, HostFunctions } from './host-function.ts';
import { bindHostFunctions } from './host-function.ts';
import type { GuestLog, Kernel } from './kernel.ts';
import { createKernel, STATE } from './kernel.ts';
import { type Budget, createMeter, type Meter } from './meter.ts';
import { createStop, type Stop } from './stop.ts';
import { createVariables } from './variables.ts';

/** Everything that an instance is made from. */
export interface GuestParts {
  /** The manifest: one is called `main`. */
  readonly modules: readonly NamedModule[];
  /** How many linked modules count fuel. */
  readonly counters: number;
  /** Exports of `main` that run once, in order, before anything else. */
  readonly initialisers: readonly string[];
  readonly hostFunctions: HostFunctions;
  readonly wasi: boolean;
  readonly gate: HostCallGate;
  readonly config: ReadonlyMap<string, string>;
  readonly log: GuestLog;
  readonly limits: PluginLimits;
}

/** A guest that can be called, one call at a time. */
export interface GuestInstance {
  /** Calls an export with some input. Never throws. The output is valid until the next call. */
  call(name: string, input: string | Uint8Array, limits: CallLimits): CallResult;
  /** Whether a call is running: it may come from inside of itself. */
  isBusy(): boolean;
  /** Fuel of the last call. */
  fuelUsed(): number;
  /** The guest's own linear memory, which never shrinks. */
  memoryBytes(): number;
}

/** An instance, or why its start functions did not end well. */
export type Created = { readonly ok: true; readonly instance: GuestInstance } | CallFailure;

/**
 * Creates an instance of a guest with a kernel of its own, and runs its start functions, metered. Rejects with what the
 * engine throws at instantiation.
 */
export const createGuestInstance = async (parts: GuestParts, instantiate: Instantiate): Promise<Created> => {
  const { limits, log } = parts;
  const stopped = createStop();
  const kernel = createKernel(limits.kernelMemoryBytes, {
    config: parts.config,
    variables: createVariables(limits.variableBytes),
    log,
    stop: stopped.stop,
  });
  let exports: WebAssembly.Exports = {};
  const meters: Meter[] = [];
  const memory = (): WebAssembly.Memory | undefined =>
    exports.memory instanceof WebAssembly.Memory ? exports.memory : undefined;
  const wasi = parts.wasi
    ? createGuestWasi({
        memory,
        log,
        charge: (bytes) => {
          if (meters[0]?.charge(bytes) === false) stopped.stop('fuel');
        },
        exit: (code) => stopped.stop('guest_exit', `status ${code}`),
      })
    : undefined;
  const hostFunctions = bindHostFunctions(parts.hostFunctions, kernel, parts.gate, stopped.stop);
  ({ exports } = await instantiate(kernel, parts.modules, hostFunctions, wasi?.functions));
  const meter = createMeter(exports, parts.counters);
  meters.push(meter);

  const runner = createRunner(kernel, meter, stopped, wasi);
  const failure = runner.run(() => runInitialisers(exports, parts.initialisers), {
    deadlineMs: limits.initialisationMs,
    fuel: limits.initialisationFuel,
  });
  if (failure !== undefined && failure.code !== 'guest_exit') return failure;
  return { ok: true, instance: createCalls(kernel, exports, runner, () => memory()?.buffer.byteLength ?? 0) };
};

const runInitialisers = (exports: WebAssembly.Exports, names: readonly string[]): undefined => {
  for (const name of names) (exports[name] as () => unknown)();
};

interface Runner {
  run(entry: () => unknown, budget: Budget): CallFailure | undefined;
  /** Forgets the fuel of the last call: one that is refused before it runs uses none. */
  reset(): void;
  isBusy(): boolean;
  fuelUsed(): number;
}

const createRunner = (kernel: Kernel, meter: Meter, stopped: Stop, wasi: Wasi | undefined): Runner => {
  let busy = false;
  let fuelUsed = 0;

  const errorText = (): string | undefined =>
    kernel.state(STATE.errorAddress) === 0
      ? undefined
      : kernel.text(kernel.state(STATE.errorAddress), kernel.state(STATE.errorLength));

  /** What the guest did, before the meter is asked. */
  const attempt = (entry: () => unknown): CallFailure | undefined => {
    let status: unknown;
    try {
      status = entry();
    } catch (error) {
      const code = classifyFailure(error, kernel.state(STATE.fault));
      return stopped.failure() ?? callFailure(code, undefined, errorText());
    }
    if (stopped.failure() !== undefined) return stopped.failure();
    const ownError = errorText();
    if (ownError !== undefined) return callFailure('guest_error', undefined, ownError);
    return status === undefined || status === 0 || status === 0n
      ? undefined
      : callFailure('guest_error', 'it returned a non-zero status');
  };

  return {
    run: (entry, budget) => {
      if (!meter.begin(budget)) return { ...callFailure('deadline', 'no time was left'), isUntouched: true };
      busy = true;
      stopped.clear();
      let failure: CallFailure | undefined;
      try {
        failure = attempt(entry);
        wasi?.flush();
      } finally {
        busy = false;
        const reading = meter.end();
        ({ fuelUsed } = reading);
        if (reading.stoppedBy !== undefined) failure = callFailure(reading.stoppedBy);
      }
      return failure;
    },
    reset: () => {
      fuelUsed = 0;
    },
    isBusy: () => busy,
    fuelUsed: () => fuelUsed,
  };
};

const createCalls = (
  kernel: Kernel,
  exports: WebAssembly.Exports,
  runner: Runner,
  memoryBytes: () => number,
): GuestInstance => ({
  call: (name, input, limits) => {
    runner.reset();
    const entry = findEntry(exports, name);
    if (entry === undefined) return callFailure('no_function');
    const byteLength = typeof input === 'string' ? Buffer.byteLength(input) : input.length;
    if (byteLength > limits.requestBytes) {
      return callFailure('request_too_large', `${byteLength} bytes, at most ${limits.requestBytes}`);
    }
    if (!kernel.begin(input, byteLength)) {
      return callFailure('request_too_large', `${byteLength} bytes do not fit limits.kernelMemoryBytes`);
    }
    const failure = runner.run(entry, limits);
    if (failure !== undefined) return failure;
    if (kernel.state(STATE.outputIsSet) === 0) return { ok: true, output: null };
    const length = kernel.state(STATE.outputLength);
    return length > limits.outputBytes || length < 0
      ? callFailure('output_too_large', `${length >>> 0} bytes, at most ${limits.outputBytes}`)
      : { ok: true, output: createOutput(kernel, kernel.state(STATE.outputAddress), length) };
  },
  isBusy: runner.isBusy,
  fuelUsed: runner.fuelUsed,
  memoryBytes,
});

/** An exported function that can be called as Extism calls it: without parameters. What metering adds is none. */
const findEntry = (exports: WebAssembly.Exports, name: string): (() => unknown) | undefined => {
  if (name.startsWith(RESERVED_PREFIX)) return undefined;
  // Start functions were renamed, so that nobody runs them unmetered; they can still be called by their own names.
  const exported = INITIALISERS.some((initialiser) => initialiser === name) ? RESERVED_PREFIX + name : name;
  const entry = Object.hasOwn(exports, exported) ? exports[exported] : undefined;
  return typeof entry === 'function' && entry.length === 0 ? (entry as () => unknown) : undefined;
};

const REPLACEMENT = '\uFFFD';

const createOutput = (kernel: Kernel, address: number, length: number): GuestOutput => ({
  bytes: () => kernel.bytes(address, length),
  text: () => {
    const text = kernel.text(address, length);
    // A replaced character is the one sign of bad UTF-8, and rare enough to look twice.
    return text.includes(REPLACEMENT) && !isUtf8(kernel.bytes(address, length)) ? undefined : text;
  },
});
