import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { kernelFunctionNames } from '../link/extism-link.ts';
import { createKernel, FAULT, type Kernel, SILENT_LEVEL, STATE } from './kernel.ts';
import { createVariables } from './variables.ts';

const BASE = 589_824n;
const MOST_BLOCKS = 65_536;
const WORD = 8;

type KernelFunctions = Readonly<
  Record<string, (...values: (number | bigint)[]) => number | bigint | undefined>
>;

const create = (memoryBytes: number): { kernel: Kernel; functions: KernelFunctions } => {
  const kernel = createKernel(memoryBytes, {
    config: new Map([['key', 'value']]),
    variables: createVariables(1000),
    log: { level: () => SILENT_LEVEL, write: () => undefined },
    charge: () => undefined,
    stop: (code) => {
      throw new Error(code);
    },
  });
  return { kernel, functions: kernel.functions as unknown as KernelFunctions };
};

/** A model of the kernel: the same rules on a plain array and a list of blocks. */
const createModel = (limit: number) => {
  const bytes = new Uint8Array(limit + WORD);
  const view = new DataView(bytes.buffer);
  let blocks: { at: number; length: number; isFree: boolean }[] = [];
  let used = WORD;
  let input = { at: 0, length: 0 };
  let output: { at: bigint; length: bigint } | undefined;
  let error = 0n;
  const trap = 'trap' as const;

  const allocate = (length: number): bigint => {
    const size = Math.ceil(Math.max(length, 1) / WORD) * WORD;
    if (used + size > limit || blocks.length >= MOST_BLOCKS) return 0n;
    blocks.push({ at: used, length, isFree: false });
    used += size;
    return BASE + BigInt(used - size);
  };
  const find = (handle: bigint) =>
    blocks.find((block) => BigInt(block.at) + BASE === handle && !block.isFree);
  const range = (address: bigint, length: number): number | undefined => {
    const offset = address - BASE;
    return offset >= 0n && offset + BigInt(length) <= BigInt(used) ? Number(offset) : undefined;
  };
  const inInput = (offset: bigint, length: number): number | undefined =>
    offset + BigInt(length) <= BigInt(input.length) ? input.at + Number(offset) : undefined;

  return {
    blocks: () => blocks.map(({ at }) => BASE + BigInt(at)),
    used: () => BigInt(used),
    output: () => output,
    begin: (data: Uint8Array): boolean => {
      bytes.fill(0);
      used = WORD;
      blocks = [];
      output = undefined;
      error = 0n;
      input = { at: 0, length: 0 };
      const handle = allocate(data.length);
      if (handle === 0n) return false;
      input = { at: Number(handle - BASE), length: data.length };
      bytes.set(data, input.at);
      return true;
    },
    alloc: (length: bigint) => (length === 0n || length > BigInt(limit) ? 0n : allocate(Number(length))),
    free: (handle: bigint) => {
      const block = find(handle);
      if (block !== undefined) block.isFree = true;
      return undefined;
    },
    length: (handle: bigint) => BigInt(find(handle)?.length ?? 0),
    load_u8: (address: bigint) => {
      const at = range(address, 1);
      return at === undefined ? trap : bytes[at];
    },
    load_u64: (address: bigint) => {
      const at = range(address, WORD);
      return at === undefined ? trap : view.getBigUint64(at, true);
    },
    store_u8: (address: bigint, value: number) => {
      const at = range(address, 1);
      if (at === undefined) return trap;
      bytes[at] = value;
      return undefined;
    },
    store_u64: (address: bigint, value: bigint) => {
      const at = range(address, WORD);
      if (at === undefined) return trap;
      view.setBigUint64(at, value, true);
      return undefined;
    },
    input_offset: () => (input.at === 0 ? 0n : BASE + BigInt(input.at)),
    input_length: () => BigInt(input.length),
    input_load_u8: (offset: bigint) => {
      const at = inInput(offset, 1);
      return at === undefined ? trap : bytes[at];
    },
    input_load_u64: (offset: bigint) => {
      const at = inInput(offset, WORD);
      return at === undefined ? trap : view.getBigUint64(at, true);
    },
    output_set: (address: bigint, length: bigint) => {
      if (
        length !== 0n &&
        (length > BigInt(limit) || address < BASE || address - BASE + length > BigInt(used))
      )
        return trap;
      output = { at: address, length };
      return undefined;
    },
    error_set: (handle: bigint) => {
      if (handle !== 0n && find(handle) === undefined) return trap;
      error = handle;
      return undefined;
    },
    error_get: () => error,
  };
};

type Model = ReturnType<typeof createModel>;

/** An address near a block or near an edge. It is chosen when the blocks are known. */
interface Place {
  readonly near: 'block' | 'end' | 'base' | 'zero' | 'wrapped' | 'top';
  readonly at: number;
  readonly delta: number;
}

const place: fc.Arbitrary<Place> = fc.record({
  near: fc.constantFrom('block', 'block', 'block', 'end', 'end', 'base', 'zero', 'wrapped', 'top'),
  at: fc.nat(20),
  delta: fc.oneof(fc.constant(0), fc.integer({ min: -17, max: 17 })),
});

const addressOf = (model: Model, { near, at, delta }: Place): bigint => {
  const blocks = model.blocks();
  const block = blocks[at % Math.max(blocks.length, 1)] ?? BASE;
  const origin = {
    block,
    end: BASE + model.used(),
    base: BASE,
    zero: 0n,
    wrapped: block + 2n ** 32n,
    top: 2n ** 63n,
  }[near];
  return BigInt.asUintN(64, origin + BigInt(delta));
};

const length = fc.oneof(
  fc.bigInt({ min: 0n, max: 40n }),
  fc.bigInt({ min: 0n, max: 5000n }),
  fc.constantFrom(2n ** 32n, 2n ** 32n + 8n, 2n ** 63n, 2n ** 64n - 1n, 65_536n),
);
const offset = fc.oneof(
  fc.bigInt({ min: 0n, max: 40n }),
  fc.constantFrom(2n ** 32n, 2n ** 63n, 2n ** 64n - 8n, 2n ** 64n - 1n),
);
const word = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

type Step =
  | { readonly name: 'begin'; readonly input: Uint8Array }
  | { readonly name: keyof Model; readonly place?: Place; readonly values: readonly (number | bigint)[] };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 40 }).map((input) => ({ name: 'begin' as const, input })),
  },
  { weight: 6, arbitrary: length.map((bytes) => ({ name: 'alloc' as const, values: [bytes] })) },
  ...(['free', 'length', 'load_u8', 'load_u64', 'error_set'] as const).map((name) => ({
    weight: 3,
    arbitrary: place.map((at) => ({ name, place: at, values: [] })),
  })),
  {
    weight: 3,
    arbitrary: fc
      .tuple(place, fc.nat(255))
      .map(([at, value]) => ({ name: 'store_u8' as const, place: at, values: [value] })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(place, word)
      .map(([at, value]) => ({ name: 'store_u64' as const, place: at, values: [value] })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(place, length)
      .map(([at, bytes]) => ({ name: 'output_set' as const, place: at, values: [bytes] })),
  },
  ...(['input_load_u8', 'input_load_u64'] as const).map((name) => ({
    weight: 2,
    arbitrary: offset.map((at) => ({ name, values: [at] })),
  })),
  ...(['input_offset', 'input_length', 'error_get'] as const).map((name) => ({
    weight: 1,
    arbitrary: fc.constant({ name, values: [] }),
  })),
);

const unsigned = (value: unknown): unknown => (typeof value === 'bigint' ? BigInt.asUintN(64, value) : value);

const runStep = (kernel: Kernel, functions: KernelFunctions, model: Model, taken: Step): void => {
  if (taken.name === 'begin' && 'input' in taken) {
    expect(kernel.begin(taken.input, taken.input.length)).toBe(model.begin(taken.input));
    expect(kernel.state(STATE.fault)).toBe(0);
    return;
  }
  const { name, place: at, values } = taken;
  const given = at === undefined ? values : [addressOf(model, at), ...values];
  const expected = (model[name] as (...values: readonly (number | bigint)[]) => unknown)(...given);
  let seen: unknown;
  try {
    seen = unsigned(functions[name]?.(...given));
  } catch (error) {
    if (!(error instanceof WebAssembly.RuntimeError)) throw error;
    expect(kernel.state(STATE.fault)).toBe(FAULT.badHandle);
    seen = 'trap';
  }
  expect(seen).toBe(expected);
  const output = model.output();
  expect(kernel.state(STATE.outputIsSet)).toBe(output === undefined ? 0 : 1);
  if (output === undefined || output.length === 0n) return;
  expect(BigInt(kernel.state(STATE.outputAddress))).toBe(output.at);
  expect(BigInt(kernel.state(STATE.outputLength))).toBe(output.length);
};

describe('the kernel', () => {
  it('behaves like its model for any calls of the guest in any order', () => {
    const steps = fc.array(step, { maxLength: 60 });
    fc.assert(
      fc.property(fc.constantFrom(32, 100, 4096, 300_000), steps, (limit, taken) => {
        const { kernel, functions } = create(limit);
        const model = createModel(limit);
        runStep(kernel, functions, model, { name: 'begin', input: Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9) });
        for (const one of taken) runStep(kernel, functions, model, one);
      }),
      { numRuns: 400 },
    );
  });

  it('offers guests the exports of link.wat and nothing else', () => {
    const { functions } = create(100);
    const names = kernelFunctionNames();
    expect(names).toHaveLength(27);
    expect(names.filter((name) => typeof functions[name] !== 'function')).toEqual([]);
    for (const own of ['configure', 'begin', 'allocate', 'block_length', 'memory'])
      expect(names).not.toContain(own);
  });

  it('is built from its source: kernel-bytes.ts is up to date', async () => {
    const script = fileURLToPath(new URL('../../kernel/build-kernel.mjs', import.meta.url));
    await expect(promisify(execFile)(process.execPath, [script, '--check'])).resolves.toBeDefined();
  });
});

describe('the limit of a kernel', () => {
  it.each([
    [8 + 8, 8, true],
    [8 + 8, 9, false],
    [8 + 7, 1, false],
    [8 + 8, 0, true],
    [8, 0, false],
    [65_536, 65_528, true],
    [65_536, 65_529, false],
    [1_000_000, 999_992, true],
    [1_000_000, 999_993, false],
  ])('is exact: with %i bytes an input of %i has room: %s', (limit, bytes, hasRoom) => {
    expect(create(limit).kernel.begin(new Uint8Array(bytes), bytes)).toBe(hasRoom);
  });

  it('applies to all blocks of a call together, and starts again for the next call', () => {
    const { kernel, functions } = create(1024);
    const blocksOfACall = (): number => {
      kernel.begin('', 0);
      let count = 0;
      while (functions.alloc?.(64n) !== 0n) count += 1;
      return count;
    };
    expect([blocksOfACall(), blocksOfACall(), blocksOfACall()]).toEqual([15, 15, 15]);
  });

  it('includes the number of blocks: 65,536 in a call, including the input', () => {
    const { kernel, functions } = create(2_000_000);
    kernel.begin('x', 1);
    for (let at = 1; at < MOST_BLOCKS; at += 1) expect(functions.alloc?.(1n)).not.toBe(0n);
    expect(functions.alloc?.(1n)).toBe(0n);
    expect(kernel.store('x')).toBe(0);
    expect(functions.length?.(BASE + 8n)).toBe(1n);
    expect(kernel.begin('x', 1)).toBe(true);
    expect(functions.alloc?.(1n)).not.toBe(0n);
  });
});

describe('the memory of a kernel', () => {
  it('grows as far as needed, and its views are renewed', () => {
    const { kernel, functions } = create(64 * 1024 * 1024);
    for (const size of [1, 100_000, 3_000_000, 10, 30_000_000, 5]) {
      const input = Buffer.alloc(size, size % 251);
      expect(kernel.begin(input, size)).toBe(true);
      const at = Number(functions.input_offset?.());
      expect(Buffer.from(kernel.bytes(at, size)).equals(input)).toBe(true);
      expect(Buffer.from(kernel.bytes(at + size, 8)).equals(Buffer.alloc(8))).toBe(true);
    }
  });

  it('can grow during a call, and keeps its content', () => {
    const { kernel, functions } = create(64 * 1024 * 1024);
    kernel.begin('the input', 9);
    const block = Number(functions.alloc?.(20_000_000n));
    expect(block).not.toBe(0);
    expect(kernel.text(Number(functions.input_offset?.()), 9)).toBe('the input');
    expect(kernel.state(STATE.fault)).toBe(0);
    expect(kernel.blockLength(block)).toBe(20_000_000);
    functions.store_u8?.(BigInt(block + 19_999_999), 65);
    expect(kernel.text(block + 19_999_999, 1)).toBe('A');
  });
});
