import type { BenchContract } from '../contracts.ts';

/** What every subject is made from: the same contract on the same plugin. */
export interface Scenario {
  readonly contract: BenchContract;
  /** The plugin's file. */
  readonly plugin: Uint8Array;
}

/** Something to measure: one round trip of a message. */
export interface Subject {
  /** Gives the plugin's answer, validated. A promise only where the peer has no other way. */
  run(message: object): object | Promise<object>;
  close(): Promise<void>;
}

/** Creates a subject; throws where its peer does not run. */
export type CreateSubject = (scenario: Scenario) => Promise<Subject>;
