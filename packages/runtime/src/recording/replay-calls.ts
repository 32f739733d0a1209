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

/** How answers are compared: by their shape, or by what they say too. */
export const ANSWER_COMPARISONS = ['shape', 'equal'] as const;
/** One of {@link ANSWER_COMPARISONS}. */
export type AnswerComparison = (typeof ANSWER_COMPARISONS)[number];

/** What is replayed, and how it is compared. */
export interface ReplayOptions {
  /** `shape` by default: values may differ. `equal`: answers have to be the same. */
  readonly answers?: AnswerComparison;
  /** Only so many calls, the latest ones. By default all. */
  readonly calls?: number;
}

/** A call that ended in another way than it was recorded. It holds no payload. */
export interface ReplayDifference {
  /** Which call of the recording it is, from 0. */
  readonly call: number;
  /**
   * `outcome`: it failed, or failed in another way. `host_call`: it asked a host function for what is not in the recording. `shape` and
   * `answer`: what it answered is of another shape, or another answer.
   */
  readonly kind: 'outcome' | 'host_call' | 'shape' | 'answer';
  /** How the recorded call ended: `ok`, or the stage and the code, such as `plugin_call/deadline`. */
  readonly recorded: string;
  /** How the replayed one ended. */
  readonly replayed: string;
  /** The place of the first difference in shape, such as `/results/[]/reason`, or the host function. */
  readonly at?: string;
}

/** What a replay came to. */
export interface ReplayReport {
  readonly function: string;
  /** How many calls were replayed. */
  readonly calls: number;
  /** Calls that ended as they were recorded. */
  readonly same: number;
  /** Calls that were recorded as failed, and are answered now. They are no differences. */
  readonly improved: number;
  /** Calls whose request or response does not fit the contract as it is now. They were not replayed. */
  readonly unfit: number;
  readonly differences: readonly ReplayDifference[];
}

/** What replays calls. */
export interface ReplayParts {
  /** By whose redactor answers are compared, since it changed the recorded ones. */
  readonly rules: readonly RecordingRule[];
  readonly player: HostCallPlayer;
  dispatch(contract: WireFunction, request: unknown): DispatchOutcome;
}

/** The contract of a recording. Throws `PlugwireUsageError` `bad_recording` if none of these is. */
export const contractOf = (functions: readonly WireFunction[], { header }: Recording): WireFunction => {
  const contract = functions.find(({ name }) => name === header.function);
  if (contract !== undefined) return contract;
  throw new PlugwireUsageError(
    'bad_recording',
    `the recording is of ${JSON.stringify(header.function)}, which is no function of this host: expected one of ${functions.map(({ name }) => name).join(', ') || 'none'}.`,
  );
};

/** Replays calls one after another, one a step. */
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

/** The host's form of a recorded message; `undefined` for one that does not fit the contract, or cannot be copied: it nests too deeply. */
const fitting = (schema: MessageSchema, wire: object): object | undefined => {
  try {
    // Reading may make the host's form in place.
    const read = schema.fromWire(structuredClone(wire));
    return read.ok ? read.message.host : undefined;
  } catch {
    return undefined;
  }
};

/** A new instance is slow at first, and the machine may be busy: a call that has no time left is tried once more. */
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
      return { kind: 'answer', recorded, replayed }; // the redactor, which took the recorded one, cannot take this one
    }
    const at = compareShapes(newest.response.description, call.outcome.response, response);
    if (at !== undefined) return { kind: 'shape', recorded, replayed, at };
    const isSame = answers === 'shape' || sortedText(call.outcome.response) === sortedText(response);
    return isSame ? undefined : { kind: 'answer', recorded, replayed };
  };
};

/** The JSON with its keys in alphabetical order. */
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
