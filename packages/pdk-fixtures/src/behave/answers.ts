import type { Behaviour, GuestWriter } from './behaviour.ts';

/** Answers with this value as JSON. Include `_v` yourself. */
export const answer = (value: object | string | number | boolean | null): Behaviour =>
  answerText(JSON.stringify(value));

/** Answers with this text, which need not be JSON. */
export const answerText = (text: string): Behaviour => answerBytes(new TextEncoder().encode(text));

/** Answers with these bytes, which need not be UTF-8. */
export const answerBytes = (bytes: Uint8Array): Behaviour => ({
  writeBody: (guest) =>
    bytes.length === 0 ? SET_NOTHING : `(call $lib.answer ${guest.data(bytes)}) (i32.const 0)`,
});

const SET_NOTHING = '(call $env.output_set (i64.const 0) (i64.const 0)) (i32.const 0)';

/** Succeeds without calling `output_set`. */
export const noOutput = (): Behaviour => ({ writeBody: () => '(i32.const 0)' });

/** Calls `output_set(0, 0)` and succeeds. */
export const emptyOutput = (): Behaviour => ({ writeBody: () => SET_NOTHING });

/**
 * Answers with its input. Like a compiled PDK, it copies the input to the guest's memory eight bytes at a time, and from there to the output.
 * The benchmarks use this guest.
 */
export const echo = (): Behaviour => ({
  writeBody: () =>
    '(call $lib.answer (global.get $heap) (call $lib.read_input (global.get $heap))) (i32.const 0)',
});

/** Like {@link echo}, but copies one byte at a time. */
export const echoByBytes = (): Behaviour => ({
  writeBody: () => `
    (local $length i32) (local $at i32) (local $output i64)
    (local.set $length (i32.wrap_i64 (call $env.input_length)))
    (call $lib.reserve (local.get $length))
    (block $read (loop $next
      (br_if $read (i32.ge_u (local.get $at) (local.get $length)))
      (i32.store8
        (i32.add (global.get $heap) (local.get $at))
        (call $env.input_load_u8 (i64.extend_i32_u (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next)))
    (local.set $output (call $env.alloc (i64.extend_i32_u (local.get $length))))
    (local.set $at (i32.const 0))
    (block $written (loop $next
      (br_if $written (i32.ge_u (local.get $at) (local.get $length)))
      (call $env.store_u8
        (i64.add (local.get $output) (i64.extend_i32_u (local.get $at)))
        (i32.load8_u (i32.add (global.get $heap) (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br $next)))
    (call $env.output_set (local.get $output) (i64.extend_i32_u (local.get $length)))
    (i32.const 0)`,
});

/** Answers with this many zero bytes, which are not stored in the plugin's file. Traps with `unreachable` if `alloc` is refused. */
export const hugeOutput = (bytes: number): Behaviour => ({
  writeBody: () => `
    (local $output i64)
    (local.set $output (call $env.alloc (i64.const ${bytes})))
    (if (i64.eqz (local.get $output)) (then (unreachable)))
    (call $env.output_set (local.get $output) (i64.const ${bytes}))
    (i32.const 0)`,
});

/** Answers `{"_v":…,"x":[[[…]]]}` with this many nested arrays. */
export const deepJson = (levels: number, version = 1): Behaviour =>
  answerText(`{"_v":${version},"x":${'['.repeat(levels)}${']'.repeat(levels)}}`);

/** Where {@link countCalls} keeps its count: in an Extism variable, or in the guest's memory. Both end with the instance. */
export type CountKeeper = 'variable' | 'memory';

/**
 * Answers with a text in which `%d` is replaced by the number of calls so far. The count is kept in an Extism variable or in the guest's
 * memory.
 *
 * @example behave.countCalls('{"_v":1,"text":"%d"}')
 */
export const countCalls = (template: string, keptIn: CountKeeper = 'variable'): Behaviour => ({
  writeBody: (guest) => {
    const [before = '', after = ''] = template.split('%d');
    return `
    (local $count i64) (local $block i64) (local $end i32)
    ${keptIn === 'memory' ? countInMemory(guest) : countInVariable(guest.block('calls'))}
    (call $lib.reserve (i32.const ${template.length * MAX_UTF8_BYTES + MAX_DIGITS}))
    (local.set $end (call $lib.copy (global.get $heap) ${guest.data(before)}))
    (local.set $end (call $lib.write_decimal (local.get $end) (local.get $count)))
    (local.set $end (call $lib.copy (local.get $end) ${guest.data(after)}))
    (call $lib.answer (global.get $heap) (i32.sub (local.get $end) (global.get $heap)))
    (i32.const 0)`;
  },
});

const MAX_UTF8_BYTES = 3;
const MAX_DIGITS = 20;

const countInMemory = (guest: GuestWriter): string => {
  guest.field('(global $calls (mut i64) (i64.const 0))');
  return '(global.set $calls (local.tee $count (i64.add (global.get $calls) (i64.const 1))))';
};

const countInVariable = (key: string): string => `
    (local.set $block (call $env.var_get ${key}))
    (if (i64.ne (local.get $block) (i64.const 0))
      (then (local.set $count (call $env.load_u64 (local.get $block)))))
    (local.set $count (i64.add (local.get $count) (i64.const 1)))
    (local.set $block (call $env.alloc (i64.const 8)))
    (call $env.store_u64 (local.get $block) (local.get $count))
    (call $env.var_set ${key} (local.get $block))`;
