/** Bytes that are composed of parts. A part is a list of bytes, or further parts. */
export type Part = Uint8Array | readonly number[];

/** Encodes a number in LEB128, as the binary format requires. */
export const leb = (value: number): number[] => {
  const low = value % 128;
  return value < 128 ? [low] : [low | 128, ...leb(Math.floor(value / 128))];
};

/** Joins parts. */
export const join = (parts: readonly Part[]): Uint8Array<ArrayBuffer> => {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
};

/** Repeats a part. */
export const repeat = (count: number, part: Part): Uint8Array<ArrayBuffer> =>
  join(Array.from({ length: count }, () => part));

/** Returns a list of parts with its length in front. */
export const list = (parts: readonly Part[]): Uint8Array<ArrayBuffer> => join([leb(parts.length), ...parts]);

/** Returns a part with its length in bytes in front. */
const sized = (part: Part): Uint8Array<ArrayBuffer> => join([leb(part.length), part]);

/** Returns a name of ASCII characters. */
export const name = (text: string): Uint8Array<ArrayBuffer> => sized(new TextEncoder().encode(text));

/** The sections of a module, by their id. */
export type Sections = Readonly<Partial<Record<keyof typeof IDS, Part>>>;

const IDS = {
  types: 1,
  imports: 2,
  functions: 3,
  tables: 4,
  memories: 5,
  globals: 6,
  exports: 7,
  elements: 9,
  code: 10,
  data: 11,
} as const;

/** Builds a module from the contents of its sections, followed by custom sections. */
export const buildModule = (sections: Sections, custom: readonly Part[] = []): Uint8Array<ArrayBuffer> =>
  join([
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...Object.entries(IDS).flatMap(([key, id]) => {
      const content = sections[key as keyof typeof IDS];
      return content === undefined ? [] : [[id], sized(content)];
    }),
    ...custom.flatMap((content) => [[0], sized(content)]),
  ]);

/** The value type i32 in the binary format. */
export const I32 = 0x7f;

/** The type `() → ()`. */
export const NOTHING: Part = [0x60, 0, 0];

/** Returns a function body with this many i32 locals and some code. */
export const body = (locals: number, code: Part): Uint8Array<ArrayBuffer> =>
  sized(join([locals === 0 ? [0] : [1, ...leb(locals), I32], code, [0x0b]]));

/** Returns a module with one function without parameters, exported as `run`. `types` follow its own type. */
export const functionModule = (
  locals: number,
  code: Part,
  types: readonly Part[] = [],
): Uint8Array<ArrayBuffer> =>
  buildModule({
    types: list([NOTHING, ...types]),
    functions: list([[0]]),
    memories: [1, 0, 1],
    exports: list([join([name('run'), [0, 0]])]),
    code: list([body(locals, code)]),
  });
