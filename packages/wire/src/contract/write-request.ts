import { stringifyExactJson } from '../json/exact-numbers.ts';
import type { JsonDraft } from '../json/json-draft.ts';
import type { StageFailure } from './dispatch-failure.ts';
import { stageFailure } from './dispatch-failure.ts';
import type { Ladder, Rung } from './ladder.ts';
import { rungOf } from './ladder.ts';
import type { Message, MessageFault } from './message-schema.ts';
import { findWrittenFault } from './message-schema.ts';
import type { TimeLeft } from './read/walk.ts';
import { silenceRejection } from './silence-rejection.ts';

/** A request that was validated and copied, or why it was refused. */
export type RequestChecked = { readonly ok: true; readonly message: Message } | StageFailure;
/** A request as JSON text with `_v`, or why it cannot be written. */
export type RequestWritten = { readonly ok: true; readonly text: string } | StageFailure;

/** A request to send, as a draft if possible or as text, or why it cannot be written. */
export type RequestDrafted = { readonly ok: true; readonly json: JsonDraft | string } | StageFailure;

/**
 * Validates a request against the newest version and copies it. Stops at the first fault. Fails at `request_envelope`, at
 * `serialize_request` if a codec throws, or at `plugin_call` with `deadline` if `timeLeft` returns no more time. Never throws.
 */
export const checkRequest = (ladder: Ladder, request: unknown, timeLeft?: TimeLeft): RequestChecked => {
  const result = ladder.newest.request.fromHost(request, timeLeft);
  return result.ok ? result : requestFailure(result);
};

/**
 * Downgrades a checked request to `version`, which the ladder must have, and writes it as JSON with `_v` last. Fails at `request_envelope`
 * or `serialize_request`. Never throws.
 */
export const writeRequest = (ladder: Ladder, version: number, checked: Message): RequestWritten => {
  const lowered = lower(ladder, version, checked);
  return lowered.ok ? writeMessage(lowered.message, version) : lowered;
};

/**
 * Downgrades a checked request to `version`, which the ladder must have, for a transport that does not send JSON. The transport sends
 * `message.wire`, which has no `_v`. Fails at `request_envelope`, at `serialize_request` if a codec throws, or at `plugin_call` with
 * `deadline`. Never throws.
 */
export const lowerRequest = (
  ladder: Ladder,
  version: number,
  checked: Message,
  timeLeft?: TimeLeft,
): RequestChecked => lower(ladder, version, checked, timeLeft);

/**
 * Like {@link writeRequest}, but faster: returns a draft if the schema allows it. The draft's text, or its `exact` text if strings need
 * escapes, equals the result of `writeRequest` byte by byte. Fails like `writeRequest`, and at `plugin_call` with `deadline` if the requests
 * that adapters return take too long to read. Never throws.
 */
export const draftRequest = (
  ladder: Ladder,
  version: number,
  checked: Message,
  timeLeft?: TimeLeft,
): RequestDrafted => {
  const lowered = lower(ladder, version, checked, timeLeft);
  if (!lowered.ok) return lowered;
  const { message } = lowered;
  const draft = draftMessage(rungOf(ladder, version), message);
  if (draft !== undefined) return { ok: true, json: draft };
  const written = writeMessage(message, version);
  return written.ok ? { ok: true, json: written.text } : written;
};

const draftMessage = ({ request, version }: Rung, { wire, foreign }: Message): JsonDraft | undefined => {
  if (request.draft === undefined || foreign) return undefined;
  try {
    return request.draft(wire, version, () => withVersion(JSON.stringify(wire), version));
  } catch {
    return undefined; // a BigInt where any JSON is allowed; `writeMessage` reports it
  }
};

const writeMessage = (message: Message, version: number): RequestWritten => {
  const text = stringify(message, version);
  if (text === undefined) {
    return stageFailure(
      'serialize_request',
      'not_serializable',
      'request: cannot be written as JSON (it has a cycle, NaN, an infinity, or a toJSON that throws)',
    );
  }
  const form = findWrittenFault(message, text);
  if (form === undefined) return { ok: true, text };
  return form === 'too_deep'
    ? stageFailure('request_envelope', form, 'request: nests deeper than 128 levels')
    : stageFailure('request_envelope', form, 'request: has a "__proto__" key');
};

const lower = (ladder: Ladder, version: number, checked: Message, timeLeft?: TimeLeft): RequestChecked => {
  if (version === ladder.newest.version) return { ok: true, message: checked };
  let message = checked;
  for (let at = ladder.rungs.length - 1; at > 0; at -= 1) {
    const from = ladder.rungs[at] as Rung;
    if (from.version === version) break;
    const to = ladder.rungs[at - 1] as Rung;
    const step = lowerOnce(from, to, message, timeLeft);
    if (!step.ok) return step;
    message = step.message;
  }
  return { ok: true, message };
};

const lowerOnce = (
  from: Rung,
  to: Rung,
  message: Message,
  timeLeft: TimeLeft | undefined,
): RequestChecked => {
  const step = `downgradeRequest from version ${from.version} to ${to.version}`;
  let older: unknown;
  try {
    older = from.downgradeRequest?.(message.host as never);
  } catch {
    return stageFailure('request_envelope', 'adapter_threw', `request: ${step} threw`);
  }
  silenceRejection(older);
  const result = to.request.fromHost(older, timeLeft);
  if (result.ok) return result;
  return result.reason === 'deadline'
    ? stageFailure('plugin_call', 'deadline', result.detail)
    : stageFailure(
        'request_envelope',
        'adapter_mismatch',
        `request: ${step} returned a request that does not fit: ${result.detail}`,
      );
};

const stringify = ({ wire, foreign }: Message, version: number): string | undefined => {
  try {
    return withVersion(foreign ? stringifyExactJson(wire) : JSON.stringify(wire), version);
  } catch {
    return undefined;
  }
};

/**
 * Inserts `_v` into the text. The message itself stays unchanged, because the default may need it. The root is a strict object without
 * `toJSON`, so its text begins and ends with a brace.
 */
const withVersion = (text: string, version: number): string =>
  text.length === 2 ? `{"_v":${version}}` : `${text.slice(0, -1)},"_v":${version}}`;

const requestFailure = ({ reason, detail }: MessageFault): StageFailure => {
  if (reason === 'deadline') return stageFailure('plugin_call', reason, detail);
  return reason === 'codec_threw'
    ? stageFailure('serialize_request', reason, detail)
    : stageFailure('request_envelope', reason, detail);
};
