/** An endless loop. */
export const SPIN = '(loop $again (br $again))';

/** More fuel than any machine can use within the deadlines of tests. */
export const PLENTY = 1_000_000_000_000;

/** The body of a function that runs a loop `count` times. */
export const rounds = (count: number): string =>
  `(local $n i32) (local.set $n (i32.const ${count}))
  (loop $again (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))`;
