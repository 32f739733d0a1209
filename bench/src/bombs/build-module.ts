/** Bytes that are put together from parts, each a list of bytes or bytes. */
export type Part = Uint8Array | readonly number[];

/** Writes a number as the binary format does. */
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

/** A list of parts with their number before it. */
export const list = (parts: readonly Part[]): Uint8Array<ArrayBuffer> => join([leb(parts.length), ...parts]);

/** A part with its length before it. */
const sized = (part: Part): Uint8Array<ArrayBuffer> => join([leb(part.length), part]);

/** A name of ASCII characters. */
export const name = (text: string): Uint8Array<ArrayBuffer> => sized(new TextEncoder().encode(text));

/** Sections by their id, which a module is built from. */
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

/** Builds a module from the contents of its sections, and custom sections after them. */
export const buildModule = (sections: Sections, custom: readonly Part[] = []): Uint8Array<ArrayBuffer> =>
  join([
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...Object.entries(IDS).flatMap(([key, id]) => {
      const content = sections[key as keyof typeof IDS];
      return content === undefined ? [] : [[id], sized(content)];
    }),
    ...custom.flatMap((content) => [[0], sized(content)]),
  ]);

export const I32 = 0x7f;

/** The type `() → ()`. */
export const NOTHING: Part = [0x60, 0, 0];

/** A body of so many i32 locals and some code. */
export const body = (locals: number, code: Part): Uint8Array<ArrayBuffer> =>
  sized(join([locals === 0 ? [0] : [1, ...leb(locals), I32], code, [0x0b]]));

/** A module whose one function, of no parameters, is exported as `run`; `types` come after its own. */
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
