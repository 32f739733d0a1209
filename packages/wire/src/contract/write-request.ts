import type { StageFailure } from './dispatch-failure.ts';
import { stageFailure } from './dispatch-failure.ts';
import type { Ladder, Rung } from './ladder.ts';
import type { Message, MessageFault } from './message-schema.ts';
import { findWrittenFault } from './message-schema.ts';

export type RequestChecked = { readonly ok: true; readonly message: Message } | StageFailure;
export type RequestWritten = { readonly ok: true; readonly text: string } | StageFailure;

/**
 * Validates a request against the newest version and copies it. Fails at `request_envelope`, or at `serialize_request`
 * where a codec threw. Never throws.
 */
export const checkRequest = (ladder: Ladder, request: unknown): RequestChecked => {
  const result = ladder.newest.request.fromHost(request);
  return result.ok ? result : requestFailure(result);
};

/**
 * Takes a checked request down to `version`, one of the ladder's, and writes it as JSON, `_v` last. Fails at `request_envelope` or
 * `serialize_request`. Never throws.
 */
export const writeRequest = (ladder: Ladder, version: number, checked: Message): RequestWritten => {
  const lowered =
    version === ladder.newest.version
      ? { ok: true as const, message: checked }
      : lower(ladder, version, checked);
  if (!lowered.ok) return lowered;
  const text = stringify(lowered.message.wire, version);
  if (text === undefined) {
    return stageFailure(
      'serialize_request',
      'not_serializable',
      'request: JSON cannot carry it (a BigInt, or a toJSON that throws)',
    );
  }
  const form = findWrittenFault(lowered.message, text);
  if (form === undefined) return { ok: true, text };
  return form === 'too_deep'
    ? stageFailure('request_envelope', form, 'request: nests deeper than 128 levels')
    : stageFailure('request_envelope', form, 'request: has a "__proto__" key');
};

const lower = (ladder: Ladder, version: number, checked: Message): RequestChecked => {
  let message = checked;
  for (let at = ladder.rungs.length - 1; at > 0; at -= 1) {
    const from = ladder.rungs[at] as Rung;
    if (from.version === version) break;
    const to = ladder.rungs[at - 1] as Rung;
    const step = lowerOnce(from, to, message);
    if (!step.ok) return step;
    message = step.message;
  }
  return { ok: true, message };
};

const lowerOnce = (from: Rung, to: Rung, message: Message): RequestChecked => {
  const step = `downgradeRequest from version ${from.version} to ${to.version}`;
  let older: unknown;
  try {
    older = from.downgradeRequest?.(message.host as never);
  } catch {
    return stageFailure('request_envelope', 'adapter_threw', `request: ${step} threw`);
  }
  const result = to.request.fromHost(older);
  return result.ok
    ? result
    : stageFailure(
        'request_envelope',
        'adapter_mismatch',
        `request: ${step} gave what does not fit: ${result.detail}`,
      );
};

/**
 * The envelope is spliced onto the text: the copy stays as validation left it, for the default that may need it. The root is
 * a strict object without `toJSON`, so its text begins and ends with a brace.
 */
const stringify = (wire: object, version: number): string | undefined => {
  try {
    const text = JSON.stringify(wire);
    return text.length === 2 ? `{"_v":${version}}` : `${text.slice(0, -1)},"_v":${version}}`;
  } catch {
    return undefined;
  }
};

const requestFailure = ({ reason, detail }: MessageFault): StageFailure =>
  reason === 'codec_threw'
    ? stageFailure('serialize_request', reason, detail)
    : stageFailure('request_envelope', reason, detail);
