import { describe, expect, it } from 'vitest';

import type { SandboxOptions } from '../create-sandbox.ts';
import { openModules } from '../testing/open-sandbox.ts';

const WASI_EXIT = '(import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))';

const endsWith = async (
  modules: Record<string, string>,
  options: SandboxOptions = {},
  names = ['run'],
): Promise<string[]> => {
  const sandbox = await openModules(modules, { limits: { memoryBytes: 4 * 65_536 }, ...options });
  return names.map((name) => {
    try {
      sandbox.call(name);
      return 'ok';
    } catch (error) {
      const { code, message } = error as { code: unknown; message: string };
      return `${String(code)}${message.includes('limits.memoryBytes was refused') ? ', said why' : ''}`;
    }
  });
};

/** A function that asks for so many pages, and then does this. */
const grows = (pages: number, then: string, memory = '(memory (export "memory") 1)', fields = ''): string =>
  `(module ${fields} ${memory} (table 1 funcref) (type $v (func))
    (func (export "run") (drop (memory.grow (i32.const ${pages}))) ${then})
    (func (export "other") (unreachable)))`;

describe('a guest whose memory.grow is refused', () => {
  it.each([
    ['aborts, as AssemblyScript and Rust do', '(unreachable)'],
    ['writes to where it has none', '(i32.store (i32.const 1000000) (i32.const 1))'],
    ['calls through what it could not write', '(call_indirect (type $v) (i32.const 0))'],
    ['divides by what it could not read', '(drop (i32.div_u (i32.const 1) (i32.const 0)))'],
  ])('fails with memory if it then %s', async (_, then) => {
    expect(await endsWith({ main: grows(4, then) })).toEqual(['memory, said why']);
  });

  it('ends in memory when it then ends its process, as Go does, but not with a status of 0', async () => {
    const exits = (status: number) => grows(4, `(call $exit (i32.const ${status}))`, undefined, WASI_EXIT);
    expect(await endsWith({ main: exits(2) }, { wasi: true })).toEqual(['memory, said why']);
    expect(await endsWith({ main: exits(0) }, { wasi: true })).toEqual(['ok']);
  });

  it('succeeds if it handles the refusal', async () => {
    expect(await endsWith({ main: grows(4, '') })).toEqual(['ok']);
  });

  it('is told for the module that asked, linked or not', async () => {
    const main = '(module (import "lib" "run" (func $f)) (func (export "run") (call $f)))';
    expect(await endsWith({ main, lib: grows(4, '(unreachable)') })).toEqual(['memory, said why']);
    const importer = grows(4, '(unreachable)', '(import "lib" "memory" (memory 1))');
    const lib = '(module (memory (export "memory") 1))';
    expect(await endsWith({ main: importer, lib })).toEqual(['memory, said why']);
  });

  it('is not told in a later call, which has reasons of its own', async () => {
    expect(await endsWith({ main: grows(4, '') }, {}, ['run', 'other'])).toEqual(['ok', 'unreachable']);
  });

  it.each<[string, string, string, number?]>([
    ['what it asked for was there', grows(3, '(unreachable)'), 'unreachable'],
    ['its own maximum is what refused', grows(2, '(unreachable)', '(memory 1 2)'), 'unreachable'],
    ['its recursion is what ended it', grows(4, '(call 0)'), 'stack_overflow', 60_000],
    ['it never ends', grows(4, '(loop (br 0))'), 'deadline'],
  ])('is told nothing new where %s', async (_, main, code, deadlineMs = 20) => {
    const limits = { memoryBytes: 4 * 65_536, deadlineMs, fuel: 1e12 };
    expect(await endsWith({ main }, { limits })).toEqual([code]);
  });

  it('fails the load with memory if it traps in a start function', async () => {
    const main = '(module (memory 1) (func $s (drop (memory.grow (i32.const 9))) (unreachable)) (start $s))';
    await expect(endsWith({ main })).rejects.toMatchObject({ stage: 'instantiate', code: 'memory' });
  });
});
