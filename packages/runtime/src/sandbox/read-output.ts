import { isUtf8 } from 'node:buffer';

/** Decodes an output as UTF-8. Throws a `TypeError` if it is not UTF-8. */
export const readText = (output: Uint8Array): string => {
  if (!isUtf8(output)) throw new TypeError('the output is not UTF-8: use call, which returns its bytes');
  return Buffer.from(output.buffer, output.byteOffset, output.byteLength).toString('utf8');
};

/** Parses an output as JSON, without validation. Throws a `TypeError` if it is not UTF-8, and a `SyntaxError` if it is not JSON. */
export const readJson = (output: Uint8Array): unknown => {
  const text = readText(output);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // Replace the parser's message, because it quotes the output.
    throw new SyntaxError('the output is not JSON: use callText to see it');
  }
};
