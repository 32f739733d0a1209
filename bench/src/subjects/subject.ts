import type { BenchContract } from '../contracts.ts';

/** The input of every subject: the same contract with the same plugin. */
export interface Scenario {
  readonly contract: BenchContract;
  /** The bytes of the plugin's module. */
  readonly plugin: Uint8Array;
}

/** Something to measure: one round trip of a message. */
export interface Subject {
  /** Returns the plugin's answer, validated. It is a promise only if the host has no synchronous call. */
  run(message: object): object | Promise<object>;
  close(): Promise<void>;
}

/** Creates a subject. Throws if its host does not run here. */
export type CreateSubject = (scenario: Scenario) => Promise<Subject>;
