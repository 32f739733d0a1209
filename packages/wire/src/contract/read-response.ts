import { holdsUnsafeNumber, type LargeIntegers, parseExactJson } from '../json/exact-numbers.ts';
import type { StageFailure } from './dispatch-failure.ts';
import { stageFailure } from './dispatch-failure.ts';
import type { Ladder, Rung } from './ladder.ts';
import { rungOf } from './ladder.ts';
import type { MessageFault, MessageResult, MessageSchema } from './message-schema.ts';
import { silenceRejection } from './silence-rejection.ts';

/** A response of the newest version, or why the answer is none. */
export type ResponseRead = { readonly ok: true; readonly response: object } | StageFailure;

/**
 * Reads a plugin's answer to a call at `version`, one of the ladder's: JSON, envelope, schema, and up the ladder to the newest version. Fails
 * at `deserialize_response`, `response_envelope` or `response_decode`. Never throws.
 */
export const readResponse = (ladder: Ladder, version: number, text: string): ResponseRead => {
  const rung = rungOf(ladder, version);
  const opened = openEnvelope(text, version);
  if (!opened.ok) return opened;
  const { response } = rung;
  const isRounded = response.takesLargeNumbers && holdsUnsafeNumber(opened.body);
  const result = isRounded ? readExactly(response, text) : response.fromWire(opened.body);
  if (!result.ok) return responseFailure(result);
  return rung === ladder.newest
    ? { ok: true, response: result.message.host }
    : raise(ladder, rung, result.message.host);
};

type Opened = { readonly ok: true; readonly body: object } | StageFailure;

/**
 * Takes `_v` off, after looking at it: the schema must not see it. What is left is copied, since `delete` makes an object slow to
 * read (RATIONALE.md, "What was tried to make a dispatch cheap?").
 */
const openEnvelope = (text: string, version: number): Opened => {
  if (text.length === 0)
    return stageFailure('deserialize_response', 'empty_output', 'response: the output is empty');
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // The parser's message quotes what it read, which is payload.
    return stageFailure('deserialize_response', 'not_json', 'response: the output is not JSON');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return stageFailure('response_envelope', 'not_an_object', 'response: expected a JSON object');
  }
  const { _v, ...rest } = body as { _v?: unknown };
  return _v === version ? { ok: true, body: rest } : wrongVersion(body, version);
};

/**
 * Reads a text again whose large integers `JSON.parse` has rounded. Where any JSON is allowed they become BigInts. A place for a double
 * takes those that a double holds; the schema refuses the others.
 */
const readExactly = (response: MessageSchema, text: string): MessageResult | InexactFault => {
  const read = (large: LargeIntegers): MessageResult | InexactFault => {
    const body = parseExactJson(text, large);
    if (body === undefined) return INEXACT_NUMBER;
    const { _v, ...rest } = body as { _v?: unknown };
    return response.fromWire(rest);
  };
  const result = read('all');
  return result.ok ? result : read('rounded');
};

interface InexactFault {
  readonly ok: false;
  readonly reason: 'inexact_number';
  readonly detail: string;
}

const INEXACT_NUMBER: InexactFault = {
  ok: false,
  reason: 'inexact_number',
  detail:
    'response: holds an integer of more than 39 digits, or a number that is larger than any double. Send it as a string',
};

const wrongVersion = (envelope: { readonly _v?: unknown }, version: number): StageFailure => {
  const expected = `expected the negotiated ${version}`;
  if (!Object.hasOwn(envelope, '_v')) {
    return stageFailure('response_envelope', 'version_missing', `response: has no "_v"; ${expected}`);
  }
  const seen = envelope._v;
  return typeof seen === 'number' && Number.isSafeInteger(seen) && seen >= 0
    ? stageFailure('response_envelope', 'version_mismatch', `response: "_v" is another version; ${expected}`)
    : stageFailure(
        'response_envelope',
        'version_invalid',
        `response: "_v" is no unsigned integer; ${expected}`,
      );
};

const raise = (ladder: Ladder, lowest: Rung, response: object): ResponseRead => {
  let host = response;
  for (let at = ladder.rungs.indexOf(lowest) + 1; at < ladder.rungs.length; at += 1) {
    const to = ladder.rungs[at] as Rung;
    const step = `upgradeResponse from version ${to.version - 1} to ${to.version}`;
    let newer: unknown;
    try {
      newer = to.upgradeResponse?.(host as never);
    } catch {
      return stageFailure('response_decode', 'adapter_threw', `response: ${step} threw`);
    }
    silenceRejection(newer);
    const result = to.response.fromHost(newer);
    if (!result.ok) {
      return stageFailure(
        'response_decode',
        'adapter_mismatch',
        `response: ${step} gave what does not fit: ${result.detail}`,
      );
    }
    host = result.message.host;
  }
  return { ok: true, response: host };
};

const responseFailure = ({ reason, detail }: MessageFault | InexactFault): StageFailure => {
  // `not_an_object` and `unreadable` cannot come from parsed JSON that the envelope check let through.
  const code = reason === 'not_an_object' || reason === 'unreadable' ? 'schema_mismatch' : reason;
  return stageFailure('response_decode', code, detail);
};
