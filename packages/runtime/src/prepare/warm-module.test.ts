import { describe, expect, it } from 'vitest';

import { meter } from '../metering/testing/metered-guest.ts';
import { type Warmable, warmModule } from './warm-module.ts';

const warmable = (text: string): Warmable => {
  const { bytes, functions } = meter(text);
  return { module: new WebAssembly.Module(bytes), functions, bytes };
};

/** Returns how many functions were called. */
const warm = (text: string): number => [...warmModule(warmable(text))].length;

describe('compiling the functions of a module', () => {
  it('calls each one once', () => {
    expect(warm(`(module ${'(func)'.repeat(50)})`)).toBe(50);
    expect(warm('(module)')).toBe(0);
  });

  it('ends even if the functions loop or recurse forever', () => {
    expect(warm('(module (func (loop (br 0))) (func $again (call $again)) (func (return_call 2)))')).toBe(3);
  });

  it('ends even if the functions trap', () => {
    const text = `(module (memory 1) (table 1 funcref) (type $t (func))
      (func (drop (i32.load (i32.const -1)))) (func (drop (i32.div_u (i32.const 1) (i32.const 0))))
      (func (call_indirect (type $t) (i32.const 0))) (func unreachable))`;
    expect(warm(text)).toBe(4);
  });

  it('works for imports of every kind, and does not run the start function', () => {
    const text = `(module
      (import "a" "f" (func $f (param i64) (result f64)))
      (import "a" "memory" (memory 2 5))
      (import "a" "table" (table 3 7 funcref)) (import "a" "objects" (table 1 externref))
      (import "b" "i" (global i32)) (import "b" "l" (global $l (mut i64))) (import "b" "f" (global f32))
      (import "b" "d" (global (mut f64))) (import "b" "r" (global externref)) (import "b" "t" (global funcref))
      (import "constructor" "__proto__" (func))
      (func $start unreachable) (start $start)
      (func (drop (call $f (global.get $l))))
      (data (i32.const 131070) "xy") (elem (i32.const 0) $start))`;
    expect(warm(text)).toBe(2);
  });

  it('compiles nothing if a segment lies outside of its memory', () => {
    expect(warm('(module (memory 1) (func) (data (i32.const 65536) "x"))')).toBe(0);
  });

  it('does not change the stackTraceLimit of the process', () => {
    const before = Error.stackTraceLimit;
    warm('(module (func unreachable))');
    expect(Error.stackTraceLimit).toBe(before);
  });
});
