import { clock } from '../base/clock.ts';
import { stubImports } from './import-stubs.ts';
import { METERED_EXPORTS } from '../metering/reserved-names.ts';
import type { Steps } from '../metering/steps.ts';

/** How long the functions of one module may take to compile, in milliseconds. The engine compiles the rest when they are called. */
const WARM_MS = 2_000;

/** A metered module, the number of functions that it defines, and its bytes. */
export interface Warmable {
  readonly module: WebAssembly.Module;
  readonly functions: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Below zero, so that the first charge asks for more. */
const NO_FUEL = -1;

/**
 * Makes the engine compile every function of a metered module. Otherwise it compiles a function on its first call, and a caller waits.
 *
 * Each function is called once, in a separate instance whose imports are stubs and which has no fuel. The engine compiles the
 * function and enters it. Then its first charge traps, because the table for the hook is empty. Functions that charge nothing are
 * small and end by themselves.
 *
 * The compiled code belongs to the module, so that all of its instances use it, also in other threads (RATIONALE.md, "How is a plugin
 * warm when `load` returns?"). A module that cannot be instantiated this way is left as it is. Never throws.
 */
export const warmModule = function* ({ module, functions, bytes }: Warmable, mostMs = WARM_MS): Steps {
  const calls = callsOf(module, bytes);
  if (calls === undefined) return;
  let spentMs = 0;
  for (let at = 0; at < functions && spentMs < mostMs; at += 1) {
    const startMs = clock.nowMs();
    withoutStackTraces(() => compileByCalling(calls, at));
    spentMs += clock.nowMs() - startMs;
    yield;
  }
};

interface WarmCalls {
  readonly exchangeFuel: (fuel: number) => number;
  readonly warm: (functionNumber: number) => void;
}

const callsOf = (module: WebAssembly.Module, bytes: Uint8Array): WarmCalls | undefined => {
  try {
    const { exports } = new WebAssembly.Instance(module, stubImports(bytes));
    return {
      exchangeFuel: exports[METERED_EXPORTS.exchangeFuel] as WarmCalls['exchangeFuel'],
      warm: exports[METERED_EXPORTS.warm] as WarmCalls['warm'],
    };
  } catch {
    // For example a segment that lies outside of its memory. The load reports it when it makes the plugin's own instance.
    return undefined;
  }
};

const compileByCalling = ({ exchangeFuel, warm }: WarmCalls, functionNumber: number): void => {
  exchangeFuel(NO_FUEL);
  try {
    warm(functionNumber);
  } catch {
    // The trap is expected.
  }
};

/** A trap takes a third of the time without a stack trace. */
const withoutStackTraces = (run: () => void): void => {
  const before = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = 0;
  } catch {
    // The process has frozen its built-in objects.
    return run();
  }
  try {
    run();
  } finally {
    Error.stackTraceLimit = before;
  }
};
