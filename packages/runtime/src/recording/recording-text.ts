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

/** Reads a call that this process wrote. */
export const parseCall = (line: string): RecordedCall => parseExactJson(line, 'all') as RecordedCall;

/**
 * Writes recordings as lines of JSON: for each recording its header, then its calls. Integers above 2^53 − 1 keep all digits.
 *
 * @example
 * await writeFile('greeter.jsonl', formatRecordings(plugin.recordings()));
 */
export const formatRecordings = (recordings: readonly Recording[]): string =>
  recordings
    .flatMap(({ header: first, calls }) => [first, ...calls])
    .map((line) => `${stringifyExactJson(line)}\n`)
    .join('');

/**
 * Reads the output of {@link formatRecordings}. Throws `PlugwireUsageError` `bad_recording` with the number of the line.
 *
 * @example
 * const [recording] = parseRecordings(await readFile('greeter.jsonl', 'utf8'));
 */
export const parseRecordings = (text: string): readonly Recording[] => {
  const recordings: { readonly header: RecordingHeader; readonly calls: RecordedCall[] }[] = [];
  for (const [at, line] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue;
    const json = readJson(line, at + 1);
    const last = recordings.at(-1);
    if (last === undefined || isHeader(json))
      recordings.push({ header: readHeader(json, at + 1), calls: [] });
    else last.calls.push(readCall(json, at + 1));
  }
  return recordings.map((recording) => Object.assign(recording, { skipped: NOTHING_SKIPPED }));
};

const NOTHING_SKIPPED = { unredacted: 0, withHostCalls: 0, tooLarge: 0 };

const isHeader = (json: unknown): boolean =>
  typeof json === 'object' && json !== null && Object.hasOwn(json, 'recordingVersion');

const readJson = (line: string, number: number): unknown => {
  try {
    return parseExactJson(line, 'all');
  } catch {
    return refuse(number, 'is not JSON');
  }
};

const readHeader = (json: unknown, line: number): RecordingHeader =>
  readLine(
    json,
    line,
    header,
    `the header of a recording of version ${RECORDING_VERSION}`,
  ) as RecordingHeader;

const readCall = (json: unknown, line: number): RecordedCall =>
  readLine(json, line, call, 'a recorded call') as RecordedCall;

const readLine = (json: unknown, line: number, form: z.ZodType, expected: string): unknown => {
  const result = form.safeParse(json);
  if (result.success) return result.data;
  const { path = [] } = result.error.issues[0] ?? {};
  const where = path.length === 0 ? '' : ` (/${path.map(String).join('/')})`;
  return refuse(line, `is not ${expected}${where}`);
};

const refuse = (line: number, problem: string): never => {
  throw new PlugwireUsageError(
    'bad_recording',
    `line ${line} of the recording ${problem}: pass the output of formatRecordings or plugwire record.`,
  );
};
