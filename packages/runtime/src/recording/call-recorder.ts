import {
  describeContract,
  findLadder,
  type Ladder,
  stringifyExactJson,
  type WireFunction,
} from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import type { HostFunction } from '../host-functions/define-host-function.ts';
import type { HostCallIntercept } from '../host-functions/host-function-body.ts';
import type { DispatchOutcome } from '../outcomes/dispatch-outcome.ts';
import { createCallRing } from './call-ring.ts';
import type { RecordingRule, Redactor } from './define-recording.ts';
import { createTape, type HostCallTape, redactHostCall } from './host-call-tape.ts';
import { type Redact, redactMessage } from './redact-message.ts';
import { parseCall } from './recording-text.ts';
import {
  type RecordedCall,
  type RecordedOutcome,
  type Recording,
  RECORDING_VERSION,
  type RecordingHeader,
  type SkippedCalls,
} from './recording.ts';

/** Records the calls of one plugin. */
export interface CallRecorder {
  /** Runs a dispatch, and records it if its function is recorded. Throws only what `dispatch` throws. */
  record(contract: WireFunction, request: unknown, dispatch: () => DispatchOutcome): DispatchOutcome;
  /** Creates an intercept that records the calls of a host function. */
  readonly intercept: (declared: HostFunction) => HostCallIntercept;
  recordings(): readonly Recording[];
  /** Deletes all recordings and stops recording. */
  close(): void;
}

/** The plugin whose calls are recorded. */
type Recorded = Pick<RecordingHeader, 'plugin' | 'pluginVersion' | 'sha256'>;

/** Creates the recorder of a plugin. Returns `undefined` if nothing is recorded, so that calls have no extra cost. */
export const createCallRecorder = (
  rules: readonly RecordingRule[],
  recorded: Recorded,
): CallRecorder | undefined => {
  if (rules.length === 0) return undefined;
  const functions = new Map(rules.map((rule) => [rule.contract, recordFunction(rule, recorded)] as const));
  /** The tape of the running call. A nested call is refused and not recorded. */
  let tape: HostCallTape | undefined;
  let isClosed = false;
  return {
    record: (contract, request, dispatch) => {
      const own = functions.get(contract);
      if (isClosed || tape !== undefined || own?.isTurn() !== true) return dispatch();
      const running = createTape(own.bytes);
      tape = running;
      let outcome: DispatchOutcome;
      try {
        outcome = dispatch();
      } finally {
        tape = undefined;
      }
      if (!isClosed) own.keep(request, outcome, running);
      return outcome;
    },
    intercept: (declared) => (values, run) => (tape === undefined ? run() : tape.hear(declared, values, run)),
    recordings: () => [...functions.values()].map(({ recording }) => recording()),
    close: () => {
      isClosed = true;
      for (const { clear } of functions.values()) clear();
    },
  };
};

const recordFunction = ({ contract, redact, calls, bytes, share }: RecordingRule, recorded: Recorded) => {
  const ladder = findLadder(contract) as Ladder;
  const ring = createCallRing(calls, bytes);
  const skipped: { -readonly [Reason in keyof SkippedCalls]: number } = {
    unredacted: 0,
    withHostCalls: 0,
    tooLarge: 0,
  };
  let turns = 0;
  const header: RecordingHeader = Object.freeze({
    recordingVersion: RECORDING_VERSION,
    ...recorded,
    function: contract.name,
    version: ladder.newest.version,
    fingerprint: describeContract(contract).fingerprint,
  });

  const write = (request: unknown, outcome: DispatchOutcome, tape: HostCallTape): string => {
    const { hostCall } = redact;
    const call: RecordedCall = {
      atUnixMs: clock.unixMs(),
      request: redactMessage(ladder.newest.request, request, redact.request as Redact),
      outcome: describeOutcome(outcome, ladder, redact),
      hostCalls: hostCall === undefined ? [] : tape.calls.map((heard) => redactHostCall(heard, hostCall)),
    };
    return stringifyExactJson(call);
  };

  return {
    bytes,
    isTurn: (): boolean => {
      turns += 1;
      return Math.floor(turns * share) > Math.floor((turns - 1) * share);
    },
    keep: (request: unknown, outcome: DispatchOutcome, tape: HostCallTape): void => {
      if (!wasCalled(outcome)) return;
      const fault = tape.fault();
      if (fault === 'full') skipped.tooLarge += 1;
      else if (fault !== undefined) skipped.unredacted += 1;
      else if (tape.calls.length > 0 && redact.hostCall === undefined) skipped.withHostCalls += 1;
      else {
        try {
          if (!ring.add(write(request, outcome, tape))) skipped.tooLarge += 1;
        } catch {
          skipped.unredacted += 1;
        }
      }
    },
    recording: (): Recording => ({
      header,
      calls: ring.texts().map(parseCall),
      skipped: { ...skipped },
    }),
    clear: ring.clear,
  };
};

const describeOutcome = (outcome: DispatchOutcome, { newest }: Ladder, redact: Redactor): RecordedOutcome => {
  if (outcome.kind === 'fallback') {
    const { stage, code } = outcome.error;
    return { kind: 'fallback', stage, code };
  }
  const response = redactMessage(newest.response, outcome.response, redact.response as Redact);
  return { kind: 'ok', response };
};

/** Codes of calls in which the plugin did not run. */
const UNCALLED: ReadonlySet<string> = new Set([
  'request_too_large',
  'reentrant_call',
  'breaker_open',
  'no_function',
  'out_of_memory',
  'closed',
]);

/** Stages before a plugin is called. */
const BEFORE_THE_CALL: ReadonlySet<string> = new Set([
  'version_lookup',
  'request_envelope',
  'serialize_request',
  'panic',
]);

/** Returns whether the plugin took part in the outcome. */
const wasCalled = (outcome: DispatchOutcome): boolean =>
  outcome.kind === 'ok' || !(BEFORE_THE_CALL.has(outcome.error.stage) || UNCALLED.has(outcome.error.code));
