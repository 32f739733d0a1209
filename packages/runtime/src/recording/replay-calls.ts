import {
  compareShapes,
  findLadder,
  type Ladder,
  type MessageSchema,
  PlugwireUsageError,
  stringifyExactJson,
  type WireFunction,
} from '@plugwire/wire';

import type { Steps } from '../metering/steps.ts';
import type { DispatchOutcome } from '../outcomes/dispatch-outcome.ts';
import type { RecordingRule } from './define-recording.ts';
import type { HostCallPlayer } from './host-call-player.ts';
import type { RecordedCall, Recording } from './recording.ts';
import { type Redact, redactMessage } from './redact-message.ts';

/** How answers are compared. `shape`: types and keys must be equal. `equal`: values must also be equal. */
export const ANSWER_COMPARISONS = ['shape', 'equal'] as const;
/** One of {@link ANSWER_COMPARISONS}. */
export type AnswerComparison = (typeof ANSWER_COMPARISONS)[number];

/** Options of a replay. */
export interface ReplayOptions {
  /** How answers are compared: see {@link ANSWER_COMPARISONS}. By default `shape`. */
  readonly answers?: AnswerComparison;
  /** Replays only this number of the latest calls. By default all. */
  readonly calls?: number;
}

/** A call with a different result than recorded. It contains no payload. */
export interface ReplayDifference {
  /** Index of the call in the recording, from 0. */
  readonly call: number;
  /**
   * `outcome`: the call failed, or failed with another code. `host_call`: it called a host function with arguments that are not in the
   * recording. `shape`: the answer has another shape. `answer`: the answer has other values.
   */
  readonly kind: 'outcome' | 'host_call' | 'shape' | 'answer';
  /** The recorded result: `ok`, or the stage and the code, such as `plugin_call/deadline`. */
  readonly recorded: string;
  /** The replayed result, in the same form. */
  readonly replayed: string;
  /** The path of the first difference in shape, such as `/results/[]/reason`, or the name of the host function. */
  readonly at?: string;
}

/** The result of a replay. */
export interface ReplayReport {
  readonly function: string;
  /** Number of calls that were replayed. */
  readonly calls: number;
  /** Number of calls with the recorded result. */
  readonly same: number;
  /** Number of calls that failed in the recording and succeed now. They are not differences. */
  readonly improved: number;
  /** Number of calls whose request or response does not fit the current contract. They were not replayed. */
  readonly unfit: number;
  readonly differences: readonly ReplayDifference[];
}

/** The parts that replay calls. */
export interface ReplayParts {
  /** Their redactors are applied to replayed answers, because the recorded answers are redacted. */
  readonly rules: readonly RecordingRule[];
  readonly player: HostCallPlayer;
  dispatch(contract: WireFunction, request: unknown): DispatchOutcome;
}

/** Returns the contract of a recording. Throws `PlugwireUsageError` `bad_recording` if none of the functions has its name. */
export const contractOf = (functions: readonly WireFunction[], { header }: Recording): WireFunction => {
  const contract = functions.find(({ name }) => name === header.function);
  if (contract !== undefined) return contract;
  throw new PlugwireUsageError(
    'bad_recording',
    `the recording is of ${JSON.stringify(header.function)}, which is not a function of this host: expected one of ${functions.map(({ name }) => name).join(', ') || 'none'}.`,
  );
};

/** Replays calls one after another. Each step replays one call. */
export const replayCalls = function* (
  parts: ReplayParts,
  contract: WireFunction,
  recorded: readonly RecordedCall[],
  { answers = 'shape', calls }: ReplayOptions,
): Steps<ReplayReport> {
  const { newest } = findLadder(contract) as Ladder;
  const first = calls === undefined ? 0 : Math.max(0, recorded.length - calls);
  const differences: ReplayDifference[] = [];
  const count = { same: 0, improved: 0, unfit: 0 };
  const compare = createCompare(parts, contract, answers);
  for (let at = first; at < recorded.length; at += 1) {
    const call = recorded[at] as RecordedCall;
    const request = fitting(newest.request, call.request);
    const isFit = call.outcome.kind !== 'ok' || fitting(newest.response, call.outcome.response) !== undefined;
    if (request !== undefined && isFit) {
      const outcome = dispatchTwice(parts, contract, request, call);
      if (call.outcome.kind === 'fallback' && outcome.kind === 'ok') count.improved += 1;
      else {
        const difference = compare(call, outcome);
        if (difference === undefined) count.same += 1;
        else differences.push({ call: at, ...difference });
      }
    } else count.unfit += 1;
    yield;
  }
  const replayed = recorded.length - first - count.unfit;
  return { function: contract.name, calls: replayed, ...count, differences };
};

/** Returns the host's form of a recorded message, or `undefined` if it does not fit the contract or nests too deeply to be copied. */
const fitting = (schema: MessageSchema, wire: object): object | undefined => {
  try {
    // Reading may change the message in place, so it gets a copy.
    const read = schema.fromWire(structuredClone(wire));
    return read.ok ? read.message.host : undefined;
  } catch {
    return undefined;
  }
};

/** Dispatches a call, and repeats it once if it fails with the deadline, because a new instance is slow at first. */
const dispatchTwice = (
  { player, dispatch }: ReplayParts,
  contract: WireFunction,
  request: unknown,
  call: RecordedCall,
): DispatchOutcome => {
  player.load(call.hostCalls);
  const outcome = dispatch(contract, request);
  if (
    outcome.kind === 'ok' ||
    outcome.error.code !== 'deadline' ||
    labelOf(call.outcome) === labelOf(outcome)
  )
    return outcome;
  player.load(call.hostCalls);
  return dispatch(contract, request);
};

type Compared = Omit<ReplayDifference, 'call'>;

const createCompare = (
  { rules, player }: ReplayParts,
  contract: WireFunction,
  answers: AnswerComparison,
): ((call: RecordedCall, outcome: DispatchOutcome) => Compared | undefined) => {
  const { newest } = findLadder(contract) as Ladder;
  const redact = rules.find((rule) => rule.contract === contract)?.redact.response;
  const keep = (redact ?? ((response: object) => response)) as Redact;
  return (call, outcome) => {
    const [recorded, replayed] = [labelOf(call.outcome), labelOf(outcome)];
    const missing = player.missing();
    if (missing !== undefined) return { kind: 'host_call', recorded, replayed, at: missing };
    if (recorded !== replayed) return { kind: 'outcome', recorded, replayed };
    if (call.outcome.kind !== 'ok' || outcome.kind !== 'ok') return undefined;
    let response: object;
    try {
      response = redactMessage(newest.response, outcome.response, keep);
    } catch {
      return { kind: 'answer', recorded, replayed }; // the redactor accepted the recorded answer but not this one
    }
    const at = compareShapes(newest.response.description, call.outcome.response, response);
    if (at !== undefined) return { kind: 'shape', recorded, replayed, at };
    const isSame = answers === 'shape' || sortedText(call.outcome.response) === sortedText(response);
    return isSame ? undefined : { kind: 'answer', recorded, replayed };
  };
};

/** Returns the JSON text with its keys in alphabetical order. */
const sortedText = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(sortedText).join(',')}]`;
  if (typeof value !== 'object' || value === null) return stringifyExactJson(value);
  const members = Object.entries(value).filter(([, each]) => each !== undefined);
  return `{${members
    .map(([key, each]) => `${JSON.stringify(key)}:${sortedText(each)}`)
    .toSorted()
    .join(',')}}`;
};

const labelOf = (outcome: RecordedCall['outcome'] | DispatchOutcome): string => {
  if (outcome.kind === 'ok') return 'ok';
  const { stage, code } = 'error' in outcome ? outcome.error : outcome;
  return `${stage}/${code}`;
};
