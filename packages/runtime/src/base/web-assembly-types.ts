/**
 * Declares the types of WebAssembly that this package's declarations name, for programs that compile without `lib: ["dom"]`. With it, they
 * merge with the full ones.
 *
 * @module
 */
declare global {
  // The members are lib.dom's.
  namespace WebAssembly {
    interface Module {}
    interface Instance {}
    interface Memory {}
    interface Global {}
    interface Table {}
  }
}

/** What an instance exports. The type of lib.dom is an alias, which cannot be declared twice. */
export type WasmExports = Readonly<Record<string, unknown>>;
