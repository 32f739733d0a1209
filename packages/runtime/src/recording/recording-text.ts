import { DISPATCH_STAGES, parseExactJson, PlugwireUsageError, stringifyExactJson } from '@plugwire/wire';
import { z } from 'zod';

import { type RecordedCall, type Recording, RECORDING_VERSION, type RecordingHeader } from './recording.ts';

const header = z.strictObject({
  recordingVersion: z.literal(RECORDING_VERSION),
  plugin: z.string(),
  pluginVersion: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  function: z.string(),
  version: z.int().min(1),
  fingerprint: z.string(),
});

const call = z.strictObject({
  atUnixMs: z.int(),
  request: z.looseObject({}),
  outcome: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('ok'), response: z.looseObject({}) }),
    z.strictObject({ kind: z.literal('fallback'), stage: z.enum(DISPATCH_STAGES), code: z.string() }),
  ]),
  hostCalls: z.array(
    z.strictObject({
      namespace: z.string(),
      name: z.string(),
      arguments: z.array(z.unknown()),
      areArgumentsRedacted: z.literal(true).optional(),
      result: z.unknown().optional(),
      error: z.strictObject({ code: z.string(), guestMessage: z.string().optional() }).optional(),
    }),
  ),
});

/** Reads a call that this process has written. */
export const parseCall = (line: string): RecordedCall => parseExactJson(line, 'all') as RecordedCall;

/**
 * Writes a recording as lines of JSON: the header, then each call. Integers beyond 2^53 − 1 keep all of their digits.
 *
 * @example
 * await writeFile('greet.jsonl', formatRecording(recording));
 */
export const formatRecording = ({ header: first, calls }: Recording): string =>
  [first, ...calls].map((line) => `${stringifyExactJson(line)}\n`).join('');

/**
 * Reads what {@link formatRecording} wrote. Throws `PlugwireUsageError` `bad_recording`, naming the line.
 *
 * @example
 * const recording = parseRecording(await readFile('greet.jsonl', 'utf8'));
 */
export const parseRecording = (text: string): Recording => {
  const [first = '', ...lines] = text.split('\n').filter((line) => line.trim() !== '');
  return {
    header: readLine(first, 1, header, 'the header of a recording of version 1') as RecordingHeader,
    calls: lines.map((line, at) => readLine(line, at + 2, call, 'a recorded call') as RecordedCall),
    skipped: { unredacted: 0, withHostCalls: 0, tooLarge: 0 },
  };
};

const readLine = (line: string, number: number, form: z.ZodType, expected: string): unknown => {
  let json: unknown;
  try {
    json = parseExactJson(line, 'all');
  } catch {
    return refuse(number, `is not JSON: expected ${expected}`);
  }
  const result = form.safeParse(json);
  if (result.success) return result.data;
  const { path = [] } = result.error.issues[0] ?? {};
  const where = path.length === 0 ? '' : ` (/${path.map(String).join('/')})`;
  return refuse(number, `is not ${expected}${where}`);
};

const refuse = (line: number, problem: string): never => {
  throw new PlugwireUsageError(
    'bad_recording',
    `line ${line} of the recording ${problem}: give what formatRecording or plugwire record wrote.`,
  );
};
