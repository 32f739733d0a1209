/**
 * A metered guest calls this function when its counter falls below zero. It receives the counter: the fuel that the guest owes, or the rest
 * if compiling used the time and not the fuel. It returns the next counter. A positive number continues the guest, anything else stops it.
 * It must not throw, and it may run with almost no stack left.
 */
export type FuelHook = (counter: number) => number;

/**
 * `(module (import "" "" (func (param i32) (result i32))) (export "" (func 0)))`: a table holds only WebAssembly functions. A JavaScript
 * function becomes one when a module imports and exports it.
 */
const WRAPPER = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f],
  ...[2, 5, 1, 0, 0, 0, 0],
  ...[7, 4, 1, 0, 0, 0],
);

/** Passed instead of a counter: the host's limit has refused a `memory.grow`. No counter is this low. */
export const GROWTH_REFUSED = -(2 ** 31);

let wrapper: WebAssembly.Module | undefined;

/**
 * Converts a hook to a function that `table.set(0, …)` accepts. All modules of a plugin can share one. `onGrowthRefused` is called when a
 * `memory.grow` fails because of the host's limit. It has the same restrictions as the hook.
 */
export const createFuelHook = (hook: FuelHook, onGrowthRefused?: () => void): CallableFunction => {
  wrapper ??= new WebAssembly.Module(WRAPPER);
  const answer = (counter: number): number => {
    if (counter !== GROWTH_REFUSED) return hook(counter);
    onGrowthRefused?.();
    return 0;
  };
  return new WebAssembly.Instance(wrapper, { '': { '': answer } }).exports[''] as CallableFunction;
};
