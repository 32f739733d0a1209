import { describe, expect, it } from 'vitest';

import { METERED_EXPORTS } from './reserved-names.ts';
import { createGuest, PLENTY } from './testing/metered-guest.ts';

/** Calls the function of each number with fuel. Returns the noted numbers. */
const callEach = (text: string, count: number, imports: WebAssembly.Imports = {}) => {
  const { exports, host } = createGuest(text, imports);
  const warm = exports[METERED_EXPORTS.warm] as (functionNumber: number) => unknown;
  return Array.from({ length: count }, (_, at) => host.run(PLENTY, () => warm(at)).kind);
};

describe('the function that calls all others', () => {
  it.each([1, 2, 3, 7, 100, 300])(
    'calls each of %i functions by its number, and never an import',
    (count) => {
      const entered: number[] = [];
      const functions = Array.from({ length: count }, (_, at) => `(func (call $note (i32.const ${at})))`);
      const text = `(module (import "m" "note" (func $note (param i32))) ${functions.join(' ')})`;
      const imports = { m: { note: (at: number) => void entered.push(at) } };
      expect(callEach(text, count, imports)).toEqual(functions.map(() => 'ok'));
      expect(entered).toEqual(functions.map((_, at) => at));
    },
  );

  it('passes zeros of every type, and drops the results', () => {
    const text = `(module
      (import "m" "note" (func $note (param i32)))
      (func (param i32 i64 f32 f64 v128 funcref externref) (result i32 i64 f32 f64 v128 funcref externref)
        (call $note (i32.and (i32.and (i32.eqz (local.get 0)) (i64.eqz (local.get 1)))
          (i32.and (i32.and (f32.eq (local.get 2) (f32.const 0)) (f64.eq (local.get 3) (f64.const 0)))
            (i32.and (i32.eqz (v128.any_true (local.get 4)))
              (i32.and (ref.is_null (local.get 5)) (ref.is_null (local.get 6)))))))
        (local.get 0) (local.get 1) (local.get 2) (local.get 3) (local.get 4) (local.get 5) (local.get 6)))`;
    const notes: number[] = [];
    expect(callEach(text, 1, { m: { note: (value: number) => void notes.push(value) } })).toEqual(['ok']);
    expect(notes).toEqual([1]);
  });

  it('exists in a module without functions', () => {
    expect(callEach('(module)', 1)).toEqual(['ok']);
  });
});
