/** What the writer of a guest's WAT offers to the behaviour that is being written. */
export interface GuestWriter {
  /** Keeps bytes or text as a data segment; gives its address and length as two `i32` operands. */
  data(value: string | Uint8Array): string;
  /** An `i64` expression: the handle of a new block with a copy of these bytes. */
  block(value: string | Uint8Array): string;
  /** The identifier of a `() -> i32` function that does what another behaviour does. */
  call(behaviour: Behaviour): string;
  /** Adds a field to the module, once. */
  field(wat: string): void;
  /** Imports a function beyond `extism:host/env`; gives its identifier. */
  importFunction(namespace: string, name: string, signature: string): string;
}

/**
 * What a guest's function does: the body of a function `() -> i32`, where 0 means that all is well. The text may name any
 * function of `extism:host/env` as `$env.<name>` and any of guest-library.ts as `$lib.<name>`: what is named is linked.
 */
export interface Behaviour {
  readonly writeBody: (guest: GuestWriter) => string;
}

/** Whether a value of a description is a behaviour, and no plain data. */
export const isBehaviour = (value: unknown): value is Behaviour =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Partial<Behaviour>).writeBody === 'function';

/** A body of the caller's own: locals first, an `i32` last. */
export const wat = (body: string): Behaviour => ({ writeBody: () => body });

/** One behaviour after the other, in one call. The first that returns a status other than 0 ends it. */
export const sequence = (...behaviours: readonly Behaviour[]): Behaviour => ({
  writeBody: (guest) => {
    const steps = behaviours.map(
      (behaviour) =>
        `(if (local.tee $status (call ${guest.call(behaviour)})) (then (return (local.get $status))))`,
    );
    return `(local $status i32) ${steps.join('\n    ')} (i32.const 0)`;
  },
});
