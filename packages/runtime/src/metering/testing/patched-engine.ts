/** What a patched engine does to each module, and to each instance of one. */
export interface EnginePatch {
  /** Gives the bytes to compile instead. */
  readonly rewrite: (bytes: Uint8Array) => Uint8Array<ArrayBuffer>;
  /** Gives the exports that the library is to see. */
  readonly attach: (exports: Record<string, unknown>) => Record<string, unknown>;
}

export interface PatchedEngine {
  /** The modules that were rewritten since, as they were. */
  readonly modules: () => readonly Uint8Array[];
  restore(): void;
}

/** Makes `WebAssembly` rewrite whatever a library compiles, until restored. For libraries that load modules by themselves. */
export const patchEngine = ({ rewrite, attach }: EnginePatch): PatchedEngine => {
  const original = { ...pick(WebAssembly) };
  const rewritten = new WeakSet<WebAssembly.Module>();
  const modules: Uint8Array[] = [];
  const compile = (source: BufferSource): WebAssembly.Module => {
    const bytes =
      source instanceof ArrayBuffer
        ? new Uint8Array(source)
        : new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
    const module = new original.Module(rewrite(bytes));
    modules.push(new Uint8Array(bytes));
    rewritten.add(module);
    return module;
  };
  const instantiate = (module: WebAssembly.Module, imports?: WebAssembly.Imports): WebAssembly.Instance => {
    const instance = new original.Instance(module, imports);
    if (!rewritten.has(module)) return instance;
    return Object.create(original.Instance.prototype, {
      exports: { value: Object.freeze(attach({ ...instance.exports })) },
    }) as WebAssembly.Instance;
  };
  const isModule = (source: unknown): source is WebAssembly.Module => source instanceof original.Module;
  Object.assign(WebAssembly, {
    compile: (source: BufferSource) => Promise.resolve().then(() => compile(source)),
    instantiate: async (source: BufferSource | WebAssembly.Module, imports?: WebAssembly.Imports) => {
      if (isModule(source)) return instantiate(source, imports);
      const module = compile(source);
      return { module, instance: instantiate(module, imports) };
    },
    Module: new Proxy(original.Module, { construct: (_, [source]) => compile(source as BufferSource) }),
    Instance: new Proxy(original.Instance, {
      construct: (_, [module, imports]) =>
        instantiate(module as WebAssembly.Module, imports as WebAssembly.Imports),
    }),
  });
  return {
    modules: () => modules,
    restore: () => void Object.assign(WebAssembly, original),
  };
};

const pick = ({ compile, instantiate, Module, Instance }: typeof WebAssembly) => {
  return { compile, instantiate, Module, Instance };
};
