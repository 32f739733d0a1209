import { holdsUnsafeNumber, type LargeIntegers, parseExactJson } from '../json/exact-numbers.ts';
import type { StageFailure } from './dispatch-failure.ts';
import { stageFailure } from './dispatch-failure.ts';
import type { Ladder, Rung } from './ladder.ts';
import { rungOf } from './ladder.ts';
import type { MessageFault, MessageResult, MessageSchema } from './message-schema.ts';
import { type TimeLeft, Walk } from './read/walk.ts';
import { silenceRejection } from './silence-rejection.ts';

/** A response of the newest version, or why the answer is none. */
export type ResponseRead = { readonly ok: true; readonly response: object } | StageFailure;

/**
 * Reads a plugin's answer to a call at `version`, one of the ladder's: JSON, envelope, schema, and up the ladder to the newest version. The
 * first misfit ends it. Fails at `deserialize_response`, `response_envelope` or `response_decode`, or at `plugin_call` with `deadline` if
 * `timeLeft` says that there is no time left. `JSON.parse` is not interrupted. Never throws.
 */
export const readResponse = (
  ladder: Ladder,
  version: number,
  text: string,
  timeLeft?: TimeLeft,
): ResponseRead => {
  const rung = rungOf(ladder, version);
  const opened = openEnvelope(text, version, timeLeft);
  if (!opened.ok) return opened;
  return finish(ladder, rung, readBody(rung.response, opened, text, timeLeft), timeLeft);
};

/**
 * The same for an answer that is JSON without an envelope: the carrier knows at which version it is. Fails at `deserialize_response` or
 * `response_decode`, or at `plugin_call` with `deadline`. Never throws.
 */
export const readResponseJson = (
  ladder: Ladder,
  version: number,
  text: string,
  timeLeft?: TimeLeft,
): ResponseRead => {
  const rung = rungOf(ladder, version);
  const opened = openJson(text, timeLeft);
  return opened.ok ? finish(ladder, rung, readBody(rung.response, opened, text, timeLeft), timeLeft) : opened;
};

/**
 * The same for an answer that came without JSON: its body at `version`, plain data without `_v`, whose integers beyond 2^53 − 1 are BigInts. It
 * becomes the response, or a part of it. Fails at `response_decode`, or at `plugin_call` with `deadline`. Never throws.
 */
export const readResponseBody = (
  ladder: Ladder,
  version: number,
  body: object,
  timeLeft?: TimeLeft,
): ResponseRead => {
  const rung = rungOf(ladder, version);
  return finish(ladder, rung, rung.response.fromWire(body, timeLeft), timeLeft);
};

const finish = (
  ladder: Ladder,
  rung: Rung,
  result: MessageResult | InexactFault,
  timeLeft: TimeLeft | undefined,
): ResponseRead => {
  if (!result.ok) return responseFailure(result);
  return rung === ladder.newest
    ? { ok: true, response: result.message.host }
    : raise(ladder, rung, result.message.host, timeLeft);
};

/** An envelope without its `_v`; the body is let go where it has to be read again. */
interface Opened {
  readonly ok: true;
  body: object | undefined;
  /** How long `JSON.parse` took, where it may have taken long. */
  readonly parseMs: number;
}

/** Shorter texts are parsed in no time. */
const LONG_TEXT = 32 * 1024;

/**
 * Takes `_v` off, after looking at it: the schema must not see it. What is left is copied, since `delete` makes an object slow to
 * read (RATIONALE.md, "What was tried to make a dispatch cheap?").
 */
const openEnvelope = (
  text: string,
  version: number,
  timeLeft: TimeLeft | undefined,
): Opened | StageFailure => {
  const opened = openJson(text, timeLeft);
  if (!opened.ok) return opened;
  const { _v, ...rest } = opened.body as { _v?: unknown };
  if (_v !== version) return wrongVersion(opened.body as object, version);
  opened.body = rest;
  return opened;
};

const openJson = (text: string, timeLeft: TimeLeft | undefined): Opened | StageFailure => {
  if (text.length === 0)
    return stageFailure('deserialize_response', 'empty_output', 'response: the output is empty');
  const clock = text.length > LONG_TEXT ? timeLeft : undefined;
  const beganMs = clock?.() ?? 0;
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
  return { ok: true, body, parseMs: beganMs - (clock?.() ?? 0) };
};

const readBody = (
  response: MessageSchema,
  opened: Opened,
  text: string,
  timeLeft: TimeLeft | undefined,
): MessageResult | InexactFault => {
  if (response.takesLargeNumbers) {
    const walk = new Walk(timeLeft);
    if (holdsUnsafeNumber(opened.body, walk)) {
      opened.body = undefined; // two of them would take twice the memory
      return readExactly(response, text, opened.parseMs, timeLeft);
    }
    if (walk.isOver) return LATE;
  }
  return response.fromWire(opened.body as object, timeLeft);
};

/** What parsing a text again takes, where its large integers are strings, compared to the first time. */
const EXACT_PARSE = 2;

/**
 * Reads a text again whose large integers `JSON.parse` has rounded. Where any JSON is allowed they become BigInts. A place for a double
 * takes those that a double holds; the schema refuses the others.
 */
const readExactly = (
  response: MessageSchema,
  text: string,
  parseMs: number,
  timeLeft: TimeLeft | undefined,
): MessageResult | InexactFault => {
  const read = (large: LargeIntegers): MessageResult | InexactFault => {
    const walk = new Walk(timeLeft);
    if (!walk.canAfford(EXACT_PARSE * parseMs)) return LATE;
    const body = parseExactJson(text, large, walk);
    if (walk.isOver) return LATE;
    if (body === undefined) return INEXACT_NUMBER;
    const { _v, ...rest } = body as { _v?: unknown };
    return response.fromWire(rest, timeLeft);
  };
  const result = read('all');
  return result.ok || result.reason === 'deadline' ? result : read('rounded');
};

const LATE: MessageFault = { ok: false, reason: 'deadline', detail: 'response: was not read in time' };

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

const raise = (
  ladder: Ladder,
  lowest: Rung,
  response: object,
  timeLeft: TimeLeft | undefined,
): ResponseRead => {
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
    const result = to.response.fromHost(newer, timeLeft);
    if (!result.ok) {
      if (result.reason === 'deadline') return stageFailure('plugin_call', 'deadline', result.detail);
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
  if (reason === 'deadline') return stageFailure('plugin_call', reason, detail);
  // `not_an_object` and `unreadable` cannot come from parsed JSON that the envelope check let through.
  const code = reason === 'not_an_object' || reason === 'unreadable' ? 'schema_mismatch' : reason;
  return stageFailure('response_decode', code, detail);
};
