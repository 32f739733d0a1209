import loadWabt from 'wabt';

const wabt = await loadWabt();

/** Everything on: refusing is the rewriter's task, not the assembler's. */
const FEATURES = {
  exceptions: true,
  mutable_globals: true,
  sat_float_to_int: true,
  sign_extension: true,
  simd: true,
  threads: true,
  multi_value: true,
  tail_call: true,
  bulk_memory: true,
  reference_types: true,
  memory64: true,
  extended_const: true,
  relaxed_simd: true,
  multi_memory: true,
};

/** Assembles WebAssembly text. */
export const assemble = (text: string): Uint8Array => {
  const module = wabt.parseWat('test.wat', text, FEATURES);
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
};
