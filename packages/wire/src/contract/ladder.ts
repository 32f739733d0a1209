import type { MessageSchema } from './message-schema.ts';

/** One version of a contract: the schemas of its two messages, and the adapters to the version below. */
export interface Rung {
  readonly version: number;
  readonly request: MessageSchema;
  readonly response: MessageSchema;
  readonly sample: { readonly request: unknown; readonly response: unknown };
  /** `undefined` on the lowest rung. */
  readonly downgradeRequest: ((newer: never) => unknown) | undefined;
  /** `undefined` on the lowest rung. */
  readonly upgradeResponse: ((older: never) => unknown) | undefined;
}

/** The internals of a contract: its versions with their schemas and adapters, and its default. See {@link findLadder}. */
export interface Ladder {
  /** The versions, oldest first, without gaps. */
  readonly rungs: readonly [Rung, ...Rung[]];
  readonly newest: Rung;
  readonly makeDefault: ((request: never) => unknown) | undefined;
}

/** Returns the rung of a version. The ladder must have that version. */
export const rungOf = (ladder: Ladder, version: number): Rung =>
  ladder.rungs[version - ladder.rungs[0].version] as Rung;

const ladders = new WeakMap<object, Ladder>();

/** Stores the ladder of a contract in a separate map, so that the contract itself has only its name, fallback and versions. */
export const setLadder = (contract: object, ladder: Ladder): void => {
  ladders.set(contract, ladder);
};

/** Returns the ladder of a contract, or `undefined` for a value that `defineWireFunction` did not create. Never throws. */
export const findLadder = (contract: unknown): Ladder | undefined =>
  typeof contract === 'object' && contract !== null ? ladders.get(contract) : undefined;
