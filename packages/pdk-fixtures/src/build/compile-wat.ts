import wabt from 'wabt';

/** The type of the loaded wabt, which its own types do not export. */
type Wabt = Awaited<ReturnType<typeof wabt>>;

let loading: Promise<Wabt> | undefined;

/**
 * Compiles WebAssembly text. Use it for modules that `buildPlugin` cannot describe, such as linked ones.
 *
 * Rejects with wabt's error, which shows the line, if the text is not a valid module.
 *
 * @example await compileWat('(module (func (export "run") (result i32) (i32.const 0)))')
 */
export const compileWat = async (text: string): Promise<Uint8Array<ArrayBuffer>> => {
  loading ??= wabt();
  const assembler = await loading;
  // As bytes, because wabt reads one byte per character from a string.
  const module = assembler.parseWat('plugin.wat', new TextEncoder().encode(text));
  try {
    module.resolveNames();
    module.validate();
    // A copy, because the original is in wabt's memory, which the next module reuses.
    return Uint8Array.from(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
};
