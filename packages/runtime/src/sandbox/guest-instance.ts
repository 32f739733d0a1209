import { isUtf8 } from 'node:buffer';

import type { CallLimits, PluginLimits } from '../limits.ts';
import type { CallCode, CallFailure, CallResult, GuestOutput } from './call-result.ts';
import { callFailure } from './call-result.ts';
import { classifyFailure } from './classify-failure.ts';
import type { Instantiate, NamedModule } from './extism-link.ts';
import type { HostCallGate, HostFunctions } from './host-function.ts';
import { bindHostFunctions } from './host-function.ts';
import type { GuestLog, Kernel } from './kernel.ts';
import { createKernel, STATE } from './kernel.ts';
import { createVariables } from './variables.ts';

/** Everything that an instance is made from. */
export interface GuestParts {
  readonly modules: readonly NamedModule[];
  readonly hostFunctions: HostFunctions;
  readonly gate: HostCallGate;
  readonly config: ReadonlyMap<string, string>;
  readonly log: GuestLog;
  readonly limits: PluginLimits;
}

/** A guest that can be called, one call at a time. */
export interface GuestInstance {
  /** Calls an export with some input. Never throws. The output is valid until the next call. */
  call(name: string, input: string | Uint8Array, limits: CallLimits): CallResult;
}

/** Creates an instance of a guest with a kernel of its own. Rejects with what the engine throws at instantiation. */
export const createGuestInstance = async (
  parts: GuestParts,
  instantiate: Instantiate,
): Promise<GuestInstance> => {
  const stopped = createStop();
  const kernel = createKernel(parts.limits.kernelMemoryBytes, {
    config: parts.config,
    variables: createVariables(parts.limits.variableBytes),
    log: parts.log,
    stop: stopped.stop,
  });
  const hostFunctions = bindHostFunctions(parts.hostFunctions, kernel, parts.gate, stopped.stop);
  const { exports } = await instantiate(kernel, parts.modules, hostFunctions);
  return createCalls(kernel, exports, stopped);
};

/** Remembers why the host ended a call, since the exception that carries it passes through the guest and could be lost. */
interface Stop {
  failure: CallFailure | undefined;
  readonly stop: (code: CallCode, detail?: string) => never;
}

const createStop = (): Stop => {
  const state: Stop = {
    failure: undefined,
    stop: (code, detail) => {
      state.failure ??= callFailure(code, detail);
      throw new Error(code);
    },
  };
  return state;
};

const createCalls = (kernel: Kernel, exports: WebAssembly.Exports, stopped: Stop): GuestInstance => {
  let busy = false;

  const errorText = (): string | undefined =>
    kernel.state(STATE.errorAddress) === 0
      ? undefined
      : kernel.text(kernel.state(STATE.errorAddress), kernel.state(STATE.errorLength));

  const run = (entry: () => unknown): CallFailure | undefined => {
    let status: unknown;
    try {
      status = entry();
    } catch (error) {
      return (
        stopped.failure ??
        callFailure(classifyFailure(error, kernel.state(STATE.fault)), undefined, errorText())
      );
    }
    if (stopped.failure !== undefined) return stopped.failure;
    const ownError = errorText();
    if (ownError !== undefined) return callFailure('guest_error', undefined, ownError);
    return status === undefined || status === 0 || status === 0n
      ? undefined
      : callFailure('guest_error', 'it returned a non-zero status');
  };

  const runAlone = (entry: () => unknown): CallFailure | undefined => {
    busy = true;
    stopped.failure = undefined;
    try {
      return run(entry);
    } finally {
      busy = false;
    }
  };

  return {
    call: (name, input, limits) => {
      if (busy) return callFailure('reentrant_call');
      const entry = findEntry(exports, name);
      if (entry === undefined) return callFailure('no_function');
      const byteLength = typeof input === 'string' ? Buffer.byteLength(input) : input.length;
      if (byteLength > limits.requestBytes) {
        return callFailure('request_too_large', `${byteLength} bytes, at most ${limits.requestBytes}`);
      }
      if (!kernel.begin(input, byteLength)) {
        return callFailure('request_too_large', `${byteLength} bytes do not fit limits.kernelMemoryBytes`);
      }
      const failure = runAlone(entry);
      if (failure !== undefined) return failure;
      if (kernel.state(STATE.outputIsSet) === 0) return { ok: true, output: null };
      const length = kernel.state(STATE.outputLength);
      return length > limits.outputBytes || length < 0
        ? callFailure('output_too_large', `${length >>> 0} bytes, at most ${limits.outputBytes}`)
        : { ok: true, output: createOutput(kernel, kernel.state(STATE.outputAddress), length) };
    },
  };
};

/** An exported function that can be called as Extism calls it: without parameters. */
const findEntry = (exports: WebAssembly.Exports, name: string): (() => unknown) | undefined => {
  const entry = Object.hasOwn(exports, name) ? exports[name] : undefined;
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
