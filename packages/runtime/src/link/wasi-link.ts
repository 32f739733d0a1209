import { TYPE } from '../metering/opcodes.ts';
import { writeReexports } from '../metering/write-reexports.ts';
import { WASI_PARAMETERS, type WasiName } from '../wasi/wasi-signatures.ts';

/**
 * Compiles a guest's view of WASI preview 1: the functions of a namespace, passed on with their types. A guest that imports
 * one of them with another type is refused when it is linked, before any JavaScript sees its values.
 */
export const compileWasiLink = (from: string): WebAssembly.Module => {
  const names = Object.keys(WASI_PARAMETERS) as WasiName[];
  return new WebAssembly.Module(
    writeReexports(names.map((name) => ({ from, name, as: name, type: typeOf(name) }))),
  );
};

/** Every function answers with an error number, except the one that does not come back. */
const typeOf = (name: WasiName): readonly number[] => {
  const parameters = WASI_PARAMETERS[name].map((type) => TYPE[type]);
  return [parameters.length, ...parameters, ...(name === 'proc_exit' ? [0] : [1, TYPE.i32])];
};
