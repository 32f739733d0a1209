import type { MessageSchema } from './message-schema.ts';

/** One version of a contract: its two messages and the adapters to the version below. */
export interface Rung {
  readonly version: number;
  readonly request: MessageSchema;
  readonly response: MessageSchema;
  readonly sample: { readonly request: unknown; readonly response: unknown };
  /** Absent on the lowest rung. */
  readonly downgradeRequest: ((newer: never) => unknown) | undefined;
  readonly upgradeResponse: ((older: never) => unknown) | undefined;
}

/** Everything about a contract that its users need not see. */
export interface Ladder {
  /** Oldest first, versions without gaps. */
  readonly rungs: readonly [Rung, ...Rung[]];
  readonly newest: Rung;
  readonly makeDefault: ((request: never) => unknown) | undefined;
}

/** The rung of a version, one of the ladder's. */
export const rungOf = (ladder: Ladder, version: number): Rung =>
  ladder.rungs[version - ladder.rungs[0].version] as Rung;

const ladders = new WeakMap<object, Ladder>();

/** Keeps a contract's ladder beside it, so that the contract itself shows only its name, fallback and versions. */
export const setLadder = (contract: object, ladder: Ladder): void => {
  ladders.set(contract, ladder);
};

/** The ladder of a contract, or `undefined` for an object that `defineWireFunction` did not make. */
export const findLadder = (contract: unknown): Ladder | undefined =>
  typeof contract === 'object' && contract !== null ? ladders.get(contract) : undefined;
