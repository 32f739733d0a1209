/** Writes the WAT of a guest. A behaviour uses it while its body is written. */
export interface GuestWriter {
  /** Adds bytes or text as a data segment. Returns its address and length as two `i32` operands. */
  data(value: string | Uint8Array): string;
  /** Returns an `i64` expression: the handle of a new block with a copy of these bytes. */
  block(value: string | Uint8Array): string;
  /** Returns the identifier of a `() -> i32` function with another behaviour. */
  call(behaviour: Behaviour): string;
  /** Adds a field to the module. The same field is added only once. */
  field(wat: string): void;
  /** Imports a function that is not in `extism:host/env`. Returns its identifier. */
  importFunction(namespace: string, name: string, signature: string): string;
}

/**
 * What a guest's function does, as the WAT body of a function `() -> i32` that returns 0 for success. The body can call functions of
 * `extism:host/env` as `$env.<name>`, and functions of guest-library.ts as `$lib.<name>`. Those that it names are linked.
 */
export interface Behaviour {
  readonly writeBody: (guest: GuestWriter) => string;
}

/** Whether a value of a description is a behaviour, and not plain data. */
export const isBehaviour = (value: unknown): value is Behaviour =>
  typeof value === 'object' &&
  value !== null &&
  typeof (value as Partial<Behaviour>).writeBody === 'function';

/** A behaviour from your own WAT body: locals first, an `i32` last. */
export const wat = (body: string): Behaviour => ({ writeBody: () => body });

/** Runs behaviours one after another, in one call. The first one that returns a status other than 0 ends the call with that status. */
export const sequence = (...behaviours: readonly Behaviour[]): Behaviour => ({
  writeBody: (guest) => {
    const steps = behaviours.map(
      (behaviour) =>
        `(if (local.tee $status (call ${guest.call(behaviour)})) (then (return (local.get $status))))`,
    );
    return `(local $status i32) ${steps.join('\n    ')} (i32.const 0)`;
  },
});
