/**
 * Declares the WebAssembly types that the declarations of this package use, for programs that compile without `lib: ["dom"]`. With `dom`,
 * they merge with its types.
 *
 * @module
 */
declare global {
  // The members are those of lib.dom.
  namespace WebAssembly {
    interface Module {}
    interface Instance {}
    interface Memory {}
    interface Global {}
    interface Table {}
  }
}

/** The exports of an instance. The type in lib.dom is an alias, which cannot be declared twice. */
export type WasmExports = Readonly<Record<string, unknown>>;
