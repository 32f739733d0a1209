/** Writes modules byte by byte, for what no assembler writes. */
const HEADER = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0] as const;

export const leb = (value: number, bytes = 1): number[] => {
  const encoded: number[] = [];
  for (let rest = value, i = 0; i < bytes || rest > 0; rest = Math.floor(rest / 128), i++)
    encoded.push((rest % 128) | 0x80);
  encoded[encoded.length - 1]! &= 0x7f;
  return encoded;
};

export const section = (id: number, ...content: number[]): number[] => {
  return longSection(id, content);
};

/** The same for content that does not fit into arguments. */
export const longSection = (id: number, content: readonly number[]): number[] => {
  return [id, ...leb(content.length)].concat(content);
};

export const name = (text: string): number[] => {
  const bytes = [...new TextEncoder().encode(text)];
  return [...leb(bytes.length), ...bytes];
};

export const rawModule = (...sections: readonly number[][]): Uint8Array<ArrayBuffer> => {
  return Uint8Array.from([...HEADER, ...sections.flat()]);
};

/** A module with one memory, one table and one exported function `run` of type () → (), its code as given. */
export const withCode = (
  code: readonly number[],
  locals: readonly number[] = [0],
): Uint8Array<ArrayBuffer> => {
  const body = [...locals, ...code, 0x0b];
  return rawModule(
    section(1, 1, 0x60, 0, 0),
    section(3, 1, 0),
    section(4, 1, 0x70, 0, 1),
    section(5, 1, 0, 1),
    section(6, 1, 0x7f, 1, 0x41, 0, 0x0b),
    section(7, 1, ...name('run'), 0, 0),
    section(9, 1, 0, 0x41, 0, 0x0b, 1, 0),
    section(12, 1),
    longSection(10, [1, ...leb(body.length)].concat(body)),
    section(11, 1, 1, 1, 0x61),
  );
};
