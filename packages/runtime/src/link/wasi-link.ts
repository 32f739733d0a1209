import { TYPE } from '../metering/opcodes.ts';
import { writeReexports } from '../metering/write-reexports.ts';
import { WASI_PARAMETERS, type WasiName } from '../wasi/wasi-signatures.ts';

/**
 * Compiles a module that imports WASI preview 1 from a namespace and exports it again, with the right types. If a guest imports a
 * function with another type, linking fails before JavaScript receives any of its values.
 */
export const compileWasiLink = (from: string): WebAssembly.Module => {
  const names = Object.keys(WASI_PARAMETERS) as WasiName[];
  return new WebAssembly.Module(
    writeReexports(names.map((name) => ({ from, name, as: name, type: typeOf(name) }))),
  );
};

/** Returns the type of a function. Each one returns an error number, except `proc_exit`, which does not return. */
const typeOf = (name: WasiName): readonly number[] => {
  const parameters = WASI_PARAMETERS[name].map((type) => TYPE[type]);
  return [parameters.length, ...parameters, ...(name === 'proc_exit' ? [0] : [1, TYPE.i32])];
};
