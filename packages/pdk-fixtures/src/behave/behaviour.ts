/** Builds a guest's WebAssembly text. A behaviour uses it to write its function. */
export interface GuestWriter {
  /** Stores bytes or text as a data segment. Returns its address and length as two `i32` operands. */
  data(value: string | Uint8Array): string;
  /** Returns an `i64` expression: the handle of a new block with a copy of these bytes. */
  block(value: string | Uint8Array): string;
  /** Returns the identifier of a `() -> i32` function that runs another behaviour. */
  call(behaviour: Behaviour): string;
  /** Adds a field to the module. Equal fields are added once. */
  field(wat: string): void;
  /** Imports a function that is not in `extism:host/env`. Returns its identifier. */
  importFunction(namespace: string, name: string, signature: string): string;
}

/**
 * The behaviour of a guest's function: the body of a function `() -> i32` that returns 0 on success. The text may use any
 * function of `extism:host/env` as `$env.<name>` and any of guest-library.ts as `$lib.<name>`. Functions that it names are linked.
 */
export interface Behaviour {
  readonly writeBody: (guest: GuestWriter) => string;
}

/** Whether a value of a description is a behaviour and not plain data. */
export const isBehaviour = (value: unknown): value is Behaviour =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Partial<Behaviour>).writeBody === 'function';

/** Runs a body in WebAssembly text: locals first, and an `i32` as its result. */
export const wat = (body: string): Behaviour => ({ writeBody: () => body });

/** Runs several behaviours in order, in one call. The first that returns a status other than 0 ends it. */
export const sequence = (...behaviours: readonly Behaviour[]): Behaviour => ({
  writeBody: (guest) => {
    const steps = behaviours.map(
      (behaviour) =>
        `(if (local.tee $status (call ${guest.call(behaviour)})) (then (return (local.get $status))))`,
    );
    return `(local $status i32) ${steps.join('\n    ')} (i32.const 0)`;
  },
});
