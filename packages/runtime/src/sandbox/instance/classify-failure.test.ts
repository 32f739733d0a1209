import { behave, buildPlugin, TRAP_KINDS, type TrapKind } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';
import wabt from 'wabt';

import type { CallCode } from '../../outcomes/call-result.ts';
import { classifyFailure } from './classify-failure.ts';
import { createSandbox } from '../create-sandbox.ts';
import { codeOf } from '../testing/call-ends.ts';
import { openSandbox } from '../testing/open-sandbox.ts';

const codeOfRun = async (bytes: Uint8Array<ArrayBuffer>): Promise<unknown> => {
  const sandbox = await openSandbox(bytes);
  return codeOf(() => sandbox.call('run'));
};

describe('a trap', () => {
  const expectedTraps: Record<TrapKind, CallCode> = {
    unreachable: 'unreachable',
    outOfBounds: 'out_of_bounds',
    tableOutOfBounds: 'out_of_bounds',
    divideByZero: 'division',
    remainderByZero: 'division',
    divideOverflow: 'division',
    conversion: 'conversion',
    indirectCall: 'indirect_call',
    stackOverflow: 'stack_overflow',
  };

  it.each(TRAP_KINDS)('is told by its kind: %s', async (kind) => {
    const bytes = await buildPlugin({ functions: { run: behave.trap(kind) } });
    expect(await codeOfRun(bytes)).toBe(expectedTraps[kind]);
  });

  it.each([
    ['table.get', 'out_of_bounds', '(drop (table.get $t (i32.const 3)))'],
    ['table.set', 'out_of_bounds', '(table.set $t (i32.const 3) (ref.null func))'],
    ['table.fill', 'out_of_bounds', '(table.fill $t (i32.const 0) (ref.null func) (i32.const 3))'],
    ['table.copy', 'out_of_bounds', '(table.copy $t $t (i32.const 0) (i32.const 0) (i32.const 9))'],
    ['table.init', 'out_of_bounds', '(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 9))'],
    [
      'table.init beyond its segment',
      'out_of_bounds',
      '(table.init $t $e (i32.const 0) (i32.const 5) (i32.const 1))',
    ],
    [
      'table.init of a dropped segment',
      'out_of_bounds',
      '(elem.drop $e) (table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1))',
    ],
    [
      'memory.init of a dropped segment',
      'out_of_bounds',
      '(data.drop $d) (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1))',
    ],
    ['memory.fill', 'out_of_bounds', '(memory.fill (i32.const 65530) (i32.const 0) (i32.const 9))'],
    ['memory.copy', 'out_of_bounds', '(memory.copy (i32.const 0) (i32.const 65530) (i32.const 9))'],
    ['memory.init', 'out_of_bounds', '(memory.init $d (i32.const 0) (i32.const 0) (i32.const 9))'],
    [
      'call_indirect with another type',
      'indirect_call',
      '(drop (call_indirect $t (param i64) (result i64) (i64.const 0) (i32.const 0)))',
    ],
  ])('is told by what raised it: %s is %s', async (_, code, body) => {
    const bytes = await compileWithFeatures(`(module (memory 1) (table $t 1 funcref) (data $d "x")
        (elem (i32.const 0) $g) (elem $e func $g) (func $g)
        (func (export "run") ${body}))`);
    expect(await codeOfRun(bytes)).toBe(code);
  });

  it.each([
    ['Node 20', 'null function or function signature mismatch', 'indirect_call'],
    ['Node 26', 'function signature mismatch', 'indirect_call'],
    ['Deno 2.9', 'null function', 'indirect_call'],
    ['Bun 1.4', 'call_indirect to a signature that does not match', 'indirect_call'],
    ['Bun 1.4', 'Out of bounds Trunc operation', 'conversion'],
  ])('has the same code for the message of %s: %s', (_, message, code) => {
    expect(classifyFailure(new WebAssembly.RuntimeError(message), 0)).toBe(code);
  });

  // The features whose traps have no code of their own are refused at load, so nothing made of wasm reaches this.
  it.each([
    ['a trap that is not known', new WebAssembly.RuntimeError('some new reason')],
    ['an exception of the guest’s', new Error('unreachable')],
    ['nothing', undefined],
  ])('is a plain trap if it is %s', (_, thrown) => {
    expect(classifyFailure(thrown, 0)).toBe('trap');
  });
});

describe('a module whose traps could not be told, or could be caught', () => {
  it.each([
    ['an unaligned atomic load', '(memory 1)', '(drop (i32.atomic.load (i32.const 1)))'],
    ['an exception that nobody catches', '(tag $x)', '(throw $x)'],
    ['a catch of everything', '', '(try (do (unreachable)) (catch_all))'],
  ])('is refused: %s', async (_, fields, body) => {
    const bytes = await compileWithFeatures(`(module ${fields} (func (export "run") ${body}))`);
    await expect(createSandbox(bytes)).rejects.toMatchObject({
      name: 'PluginLoadError',
      stage: 'compile',
      code: 'unsupported_feature',
    });
  });
});

const compileWithFeatures = async (text: string): Promise<Uint8Array<ArrayBuffer>> => {
  const { parseWat } = await wabt();
  const features = { exceptions: true, threads: true, bulk_memory: true, reference_types: true };
  const module = parseWat('odd.wat', text, features);
  module.resolveNames();
  module.validate();
  const bytes = Uint8Array.from(module.toBinary({}).buffer);
  module.destroy();
  return bytes;
};
