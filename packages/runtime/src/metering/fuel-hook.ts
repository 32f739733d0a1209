/**
 * What a metered guest calls when its counter falls below zero. It gets the counter: what the guest owes, or what is left where
 * compiling took the time and not the fuel. It returns the next one: positive to go on, anything else to stop. It must
 * not throw, and it may run with next to no stack left.
 */
export type FuelHook = (counter: number) => number;

/**
 * `(module (import "" "" (func (param i32) (result i32))) (export "" (func 0)))`: a table holds WebAssembly functions
 * only, and a JavaScript function becomes one by being imported and exported again.
 */
const WRAPPER = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[1, 6, 1, 0x60, 1, 0x7f, 1, 0x7f],
  ...[2, 5, 1, 0, 0, 0, 0],
  ...[7, 4, 1, 0, 0, 0],
);

/** Instead of a counter: the host's limit has refused a `memory.grow`. No counter sinks so far. */
export const GROWTH_REFUSED = -(2 ** 31);

let wrapper: WebAssembly.Module | undefined;

/**
 * Turns a hook into what `table.set(0, …)` takes; one may serve all the modules of a plugin. `onGrowthRefused` is told when a
 * `memory.grow` fails for the host's limit; what was said of the hook holds for it too.
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
