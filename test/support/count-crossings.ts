/** Counts of calls across the boundary between JavaScript and WebAssembly. */
export interface Crossings {
  /** From JavaScript into a module. */
  readonly into: () => number;
  /** From a module out to JavaScript. */
  readonly outOf: () => number;
  reset(): void;
  restore(): void;
}

type Callable = (...values: unknown[]) => unknown;

/**
 * Counts calls in both directions for all modules that are instantiated until `restore` is called. Functions that one module passes to another
 * are not wrapped. So calls between modules are not counted, and counting adds no crossings.
 */
export const countCrossings = (): Crossings => {
  const { Instance, Table, instantiate } = WebAssembly;
  const exportsOf = Object.getOwnPropertyDescriptor(Instance.prototype, 'exports')?.get as (
    this: object,
  ) => object;
  const setElement = Table.prototype.set;
  /** Maps the engine's functions to the counting ones, and back. */
  const counting = new WeakMap<Callable, Callable>();
  const raw = new WeakMap<Callable, Callable>();
  const seen = new WeakMap<object, WebAssembly.Exports>();
  let into = 0;
  let outOf = 0;

  const countInto = (value: unknown): unknown => {
    if (typeof value !== 'function') return value;
    const original = value as Callable;
    const known = counting.get(original);
    if (known !== undefined) return known;
    const counter = (...values: unknown[]): unknown => {
      into += 1;
      return original(...values);
    };
    Object.defineProperty(counter, 'length', { value: original.length });
    counting.set(original, counter);
    raw.set(counter, original);
    return counter;
  };
  const countOutOf = (value: unknown): unknown => {
    if (typeof value !== 'function') return value;
    const own = value as Callable;
    return (
      raw.get(own) ??
      ((...values: unknown[]): unknown => {
        outOf += 1;
        return own(...values);
      })
    );
  };
  const watch = (imports: WebAssembly.Imports = {}): WebAssembly.Imports =>
    Object.fromEntries(
      Object.entries(imports).map(([namespace, items]) => [
        namespace,
        Object.fromEntries(Object.entries(items).map(([name, value]) => [name, countOutOf(value)])),
      ]) as [string, WebAssembly.ModuleImports][],
    );

  Object.defineProperty(Instance.prototype, 'exports', {
    configurable: true,
    get(this: object) {
      const known = seen.get(this);
      if (known !== undefined) return known;
      const entries = Object.entries(exportsOf.call(this)).map(([name, value]) => [name, countInto(value)]);
      const counted = Object.freeze(Object.fromEntries(entries) as WebAssembly.Exports);
      seen.set(this, counted);
      return counted;
    },
  });
  Table.prototype.set = function set(this: WebAssembly.Table, index, value) {
    setElement.call(this, index, raw.get(value as Callable) ?? value);
  };
  Object.assign(WebAssembly, {
    Instance: new Proxy(Instance, {
      construct: (target, [module, imports]) =>
        new target(module as WebAssembly.Module, watch(imports as WebAssembly.Imports)),
    }),
    instantiate: async (source: never, imports?: WebAssembly.Imports) =>
      await instantiate(source, watch(imports)),
  });

  return {
    into: () => into,
    outOf: () => outOf,
    reset: () => {
      into = 0;
      outOf = 0;
    },
    restore: () => {
      Object.defineProperty(Instance.prototype, 'exports', { configurable: true, get: exportsOf });
      Table.prototype.set = setElement;
      Object.assign(WebAssembly, { Instance, instantiate });
    },
  };
};
