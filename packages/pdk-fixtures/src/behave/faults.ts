import type { Behaviour } from './behaviour.ts';

/** The instruction that causes each kind of trap. */
const TRAP_BODIES = {
  unreachable: '(unreachable)',
  outOfBounds: '(i32.load (i32.const -65536))',
  tableOutOfBounds: '(call_indirect $holes (type $status) (i32.const 9))',
  divideByZero: '(i32.div_s (i32.const 1) (i32.const 0))',
  remainderByZero: '(i32.rem_s (i32.const 1) (i32.const 0))',
  divideOverflow: '(i32.div_s (i32.const 0x80000000) (i32.const -1))',
  conversion: '(i32.trunc_f64_s (f64.const nan))',
  indirectCall: '(call_indirect $holes (type $status) (i32.const 0))',
  stackOverflow: '(call $recurse (i32.const 1))',
} as const;
/** One of {@link TRAP_KINDS}. */
export type TrapKind = keyof typeof TRAP_BODIES;

/** The kinds of {@link trap}, for `it.each`. */
export const TRAP_KINDS = Object.keys(TRAP_BODIES) as readonly TrapKind[];

const TRAP_FIELDS: Partial<Record<TrapKind, readonly string[]>> = {
  tableOutOfBounds: ['(type $status (func (result i32)))', '(table $holes 1 funcref)'],
  indirectCall: ['(type $status (func (result i32)))', '(table $holes 1 funcref)'],
  stackOverflow: [
    '(func $recurse (param i32) (result i32) (i32.add (local.get 0) (call $recurse (i32.add (local.get 0) (i32.const 1)))))',
  ],
};

/** Traps. `indirectCall` calls an empty table entry, `stackOverflow` recurses endlessly. */
export const trap = (kind: TrapKind = 'unreachable'): Behaviour => ({
  writeBody: (guest) => {
    for (const field of TRAP_FIELDS[kind] ?? []) guest.field(field);
    return TRAP_BODIES[kind];
  },
});

/** Reports the guest's own error, as PDKs do: with `error_set` and a status that is not 0. */
export const guestError = (text: string, status = 1): Behaviour => ({
  writeBody: (guest) => `(call $env.error_set ${guest.block(text)}) (i32.const ${status})`,
});

/** Returns a status without setting an error. */
export const nonZero = (status = 1): Behaviour => ({ writeBody: () => `(i32.const ${status})` });

/** Sets an error but returns 0. */
export const errorSetOnly = (text: string): Behaviour => guestError(text, 0);

/** An address that no kernel returns. */
const MADE_UP = '(i64.const 0xdeadbeef00)';
/** The first byte after the newest block, which has eight bytes. */
const PAST_THE_END = '(i64.add (call $env.alloc (i64.const 8)) (i64.const 8))';

/** Uses of handles and ranges that were never given to the guest. */
const BAD_HANDLE_BODIES = {
  load: `(drop (call $env.load_u8 ${PAST_THE_END}))`,
  loadWord: `(drop (call $env.load_u64 (i64.sub ${PAST_THE_END} (i64.const 7))))`,
  loadBefore: '(drop (call $env.load_u8 (i64.sub (call $env.input_offset) (i64.const 65536))))',
  store: `(call $env.store_u8 ${PAST_THE_END} (i32.const 1))`,
  storeWord: `(call $env.store_u64 (i64.sub ${PAST_THE_END} (i64.const 7)) (i64.const 1))`,
  input: '(drop (call $env.input_load_u8 (call $env.input_length)))',
  inputWord: '(drop (call $env.input_load_u64 (i64.sub (call $env.input_length) (i64.const 7))))',
  output: '(call $env.output_set (call $env.alloc (i64.const 8)) (i64.const 9))',
  outputMadeUp: `(call $env.output_set ${MADE_UP} (i64.const 1))`,
  error: `(call $env.error_set ${MADE_UP})`,
  variable: `(call $env.var_set ${MADE_UP} (call $env.alloc (i64.const 8)))`,
} as const;
/** One of {@link BAD_HANDLE_KINDS}. */
export type BadHandleKind = keyof typeof BAD_HANDLE_BODIES;

/** The kinds of {@link badHandle}, for `it.each`. */
export const BAD_HANDLE_KINDS = Object.keys(BAD_HANDLE_BODIES) as readonly BadHandleKind[];

/** Uses a handle or a range that the guest was never given. If the host allows it, succeeds without output. */
export const badHandle = (kind: BadHandleKind): Behaviour => ({
  writeBody: () => `${BAD_HANDLE_BODIES[kind]} (i32.const 0)`,
});

/** Never returns. Use it only with a host that meters its guests. */
export const spin = (): Behaviour => ({ writeBody: () => '(loop $again (br $again)) (unreachable)' });

/** Grows its memory by a page endlessly, also when that is refused. Use it only with a host that meters its guests. */
export const allocateForever = (): Behaviour => ({
  writeBody: () => '(loop $again (drop (memory.grow (i32.const 1))) (br $again)) (unreachable)',
});

/** The answers of {@link exhaustKernel}. */
export interface ExhaustAnswers {
  /** The JSON text to answer if `alloc` returned 0. */
  readonly refused: string;
  /** The JSON text to answer if a million calls of `alloc` succeeded. */
  readonly served: string;
}

/** More blocks than any host should allocate in one call. */
const ALLOCATIONS = 1_000_000;

/** Allocates blocks of `blockBytes` until one is refused, then answers whether that happened. */
export const exhaustKernel = (answers: ExhaustAnswers, blockBytes = 65_536): Behaviour => ({
  writeBody: (guest) => `
    (local $refused i64) (local $served i64) (local $left i32)
    (local.set $refused ${guest.block(answers.refused)})
    (local.set $served ${guest.block(answers.served)})
    (local.set $left (i32.const ${ALLOCATIONS}))
    (loop $again
      (if (i64.eqz (call $env.alloc (i64.const ${blockBytes}))) (then
        (call $env.output_set (local.get $refused) (call $env.length (local.get $refused)))
        (return (i32.const 0))))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (call $env.output_set (local.get $served) (call $env.length (local.get $served)))
    (i32.const 0)`,
});
