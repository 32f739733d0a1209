import { holdsUnsafeNumber, type LargeIntegers, parseExactJson } from '../json/exact-numbers.ts';
import type { StageFailure } from './dispatch-failure.ts';
import { stageFailure } from './dispatch-failure.ts';
import type { Ladder, Rung } from './ladder.ts';
import { rungOf } from './ladder.ts';
import type { MessageFault, MessageResult, MessageSchema } from './message-schema.ts';
import { type TimeLeft, Walk } from './read/walk.ts';
import { silenceRejection } from './silence-rejection.ts';

/** A response of the newest version, or why the answer is not valid. */
export type ResponseRead = { readonly ok: true; readonly response: object } | StageFailure;

/**
 * Reads a plugin's answer to a call: parses the JSON, checks the envelope and the schema, and upgrades the response to the newest version.
 * `version` is the negotiated version, which the ladder must have. Stops at the first fault. Fails at `deserialize_response`,
 * `response_envelope` or `response_decode`, or at `plugin_call` with `deadline` if `timeLeft` returns no more time. `JSON.parse` itself is
 * not interrupted. Never throws.
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
 * Like {@link readResponse}, for an answer that is JSON without an envelope, from a transport that knows the version. Fails at
 * `deserialize_response` or `response_decode`, at `response_envelope` if the JSON is not an object, or at `plugin_call` with `deadline`.
 * Never throws.
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
 * Like {@link readResponse}, for an answer that did not come as JSON. `body` is plain data of that version, without `_v`, with BigInts for
 * integers beyond 2^53 − 1. The response may share objects with it. Fails at `response_decode`, or at `plugin_call` with `deadline`. Never
 * throws.
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

/** A message without its `_v`. The body is dropped if it has to be parsed again. */
interface Opened {
  readonly ok: true;
  body: object | undefined;
  /** How long `JSON.parse` took; 0 for short texts. */
  readonly parseMs: number;
}

/** In characters. The time to parse shorter texts is not measured. */
const LONG_TEXT = 32 * 1024;

/**
 * Checks `_v` and removes it, because the schema does not have that key. The rest is copied, because `delete` makes an object slow to read
 * (RATIONALE.md, "What was tried to make a dispatch cheap?").
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
    // The parser's message quotes the text, which is payload.
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
      opened.body = undefined; // so that only one parsed copy is in memory
      return readExactly(response, text, opened.parseMs, timeLeft);
    }
    if (walk.isOver) return LATE;
  }
  return response.fromWire(opened.body as object, timeLeft);
};

/** How much longer the second parse takes, with large integers as strings, than the first. */
const EXACT_PARSE = 2;

/**
 * Parses a text again in which `JSON.parse` rounded large integers. They become BigInts if the schema accepts any JSON there. If it expects
 * a double, integers that a double represents exactly are accepted and the others are refused.
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
    'response: contains an integer of more than 39 digits, or a number larger than any double. Send it as a string',
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
        `response: "_v" is not an unsigned integer; ${expected}`,
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
        `response: ${step} returned a response that does not fit: ${result.detail}`,
      );
    }
    host = result.message.host;
  }
  return { ok: true, response: host };
};

const responseFailure = ({ reason, detail }: MessageFault | InexactFault): StageFailure => {
  if (reason === 'deadline') return stageFailure('plugin_call', reason, detail);
  // Parsed JSON that passed the envelope check is never `not_an_object` or `unreadable`.
  const code = reason === 'not_an_object' || reason === 'unreadable' ? 'schema_mismatch' : reason;
  return stageFailure('response_decode', code, detail);
};
