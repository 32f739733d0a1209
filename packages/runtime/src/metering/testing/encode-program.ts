import { GLOBALS, type Instruction, MEMORY_PAGES, PARAMS, type Program } from './random-program.ts';

/** Pads every LEB128 to five bytes if asked to, as linkers do. */
export interface EncodeOptions {
  readonly padded: boolean;
}

/** Encodes a program as a module. */
export const encodeProgram = (program: Program, { padded }: EncodeOptions): Uint8Array<ArrayBuffer> => {
  const u32 = (value: number): number[] => {
    const bytes: number[] = [];
    for (let rest = value, i = 0; ; rest >>>= 7, i++) {
      const more = padded ? i < 4 : rest >= 0x80;
      bytes.push((rest & 0x7f) | (more ? 0x80 : 0));
      if (!more) return bytes;
    }
  };
  const s32 = (value: number): number[] => {
    const bytes: number[] = [];
    for (let rest = value, i = 0; ; rest >>= 7, i++) {
      const more = padded ? i < 4 : rest < -64 || rest > 63;
      bytes.push((rest & 0x7f) | (more ? 0x80 : 0));
      if (!more) return bytes;
    }
  };
  const vector = (items: readonly (readonly number[])[]): number[] => [...u32(items.length), ...items.flat()];
  const section = (id: number, content: readonly number[]): number[] => [
    id,
    ...u32(content.length),
    ...content,
  ];
  const name = (text: string): number[] => vector([...new TextEncoder().encode(text)].map((byte) => [byte]));

  const instruction = (node: Instruction): number[] => {
    switch (node.op) {
      case 'plain':
        return [node.opcode];
      case 'const':
        return [0x41, ...s32(node.value)];
      case 'indexed':
        return [node.opcode, ...u32(node.index)];
      case 'memory':
        return [node.opcode, ...u32(0), ...u32(node.offset)];
      case 'callIndirect':
        return [0x11, ...u32(0), ...u32(0)];
      case 'grow':
        return [0x40, 0];
      case 'size':
        return [0x3f, 0];
      case 'fill':
        return [0xfc, ...u32(11), 0];
      case 'copy':
        return [0xfc, ...u32(10), 0, 0];
      case 'brTable': {
        const targets = node.targets.map((target) => u32(target));
        return [0x0e, ...vector(targets.slice(0, -1)), ...(targets.at(-1) ?? [])];
      }
      case 'block':
      case 'loop':
        return [node.op === 'block' ? 2 : 3, node.results === 0 ? 0x40 : 0x7f, ...sequence(node.body), 0x0b];
      case 'if': {
        const otherwise = node.otherwise.length === 0 ? [] : [0x05, ...sequence(node.otherwise)];
        return [0x04, 0x40, ...sequence(node.taken), ...otherwise, 0x0b];
      }
      default:
        return node satisfies never;
    }
  };
  const sequence = (nodes: readonly Instruction[]): number[] => nodes.flatMap(instruction);

  const type = [0x60, ...vector(Array.from({ length: PARAMS }, () => [0x7f])), ...vector([[0x7f]])];
  const { functions } = program;
  const even = functions.map((_, i) => i).filter((i) => i % 2 === 0);
  const bodies = functions.map(({ locals, body }) => {
    const code = [...vector([[...u32(locals), 0x7f]]), ...sequence(body), 0x0b];
    return [...u32(code.length), ...code];
  });
  const exports = [
    [...name('run'), 0, ...u32(0)],
    [...name('memory'), 2, ...u32(0)],
    [...name('g0'), 3, ...u32(0)],
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([type])),
    ...section(3, vector(functions.map(() => u32(0)))),
    ...section(4, vector([[0x70, 0, ...u32(8)]])),
    ...section(5, vector([[1, ...u32(MEMORY_PAGES.min), ...u32(MEMORY_PAGES.max)]])),
    ...section(6, vector(Array.from({ length: GLOBALS }, () => [0x7f, 1, 0x41, ...s32(0), 0x0b]))),
    ...section(7, vector(exports)),
    ...section(9, vector([[...u32(0), 0x41, ...s32(0), 0x0b, ...vector(even.map(u32))]])),
    ...section(10, vector(bodies)),
  ]);
};
