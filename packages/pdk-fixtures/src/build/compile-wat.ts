import wabt from 'wabt';

/** What wabt's types call a module, without saying so. */
type Wabt = Awaited<ReturnType<typeof wabt>>;

let loading: Promise<Wabt> | undefined;

/**
 * Compiles WebAssembly text as it is. For modules that `buildPlugin` has no words for, such as linked ones.
 *
 * Rejects with wabt's own error, which shows the line, if the text is not a valid module.
 *
 * @example await compileWat('(module (func (export "run") (result i32) (i32.const 0)))')
 */
export const compileWat = async (text: string): Promise<Uint8Array<ArrayBuffer>> => {
  loading ??= wabt();
  const assembler = await loading;
  // Bytes: of a string wabt takes one byte per character, whatever the character is.
  const module = assembler.parseWat('plugin.wat', new TextEncoder().encode(text));
  try {
    module.resolveNames();
    module.validate();
    // A copy: the original lies in wabt's own memory, which the next module reuses.
    return Uint8Array.from(module.toBinary({}).buffer);
  } finally {
    module.destroy();
  }
};
