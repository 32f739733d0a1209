import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { buildSelfCheckRequest, checkSelfCheck, SELF_CHECK_CODES, SELF_CHECK_STAGES } from './self-check.ts';

const MARKER = 'MARKER 7f3a';
const success = { status: 'success', failures: [], completed_at: 1_700_000_000 };
const failure = { stage: 'wire_function_test', message: MARKER };
const check = (parts: object) => checkSelfCheck(JSON.stringify({ ...success, ...parts }));
const times = <Item>(count: number, item: Item): Item[] => Array.from({ length: count }, () => item);

describe('a self-check', () => {
  it('request lists the functions and the time', () => {
    const functions = ['filter'];
    const request = buildSelfCheckRequest(functions, 7);
    functions.push('sign');
    expect(request).toStrictEqual({ functions_to_test: ['filter'], initiated_at: 7 });
  });

  it('has the stages of the protocol', () => {
    expect(SELF_CHECK_STAGES).toStrictEqual([
      'request_preparation',
      'wire_function_test',
      'capability_verification',
      'response_validation',
    ]);
  });

  it.each([1, 1_700_000_000, Number.MAX_SAFE_INTEGER])('passes if it was completed at %i', (completedAt) => {
    const response = { ...success, completed_at: completedAt };
    expect(checkSelfCheck(JSON.stringify(response))).toStrictEqual({ ok: true, response });
  });

  it.each(SELF_CHECK_STAGES)(
    'is refused for a failure at %s, and its text is not part of the message',
    (stage) => {
      const result = check({ status: 'failure', failures: [{ stage, message: MARKER }] });
      expect(result).toMatchObject({
        ok: false,
        code: 'failure_reported',
        guestText: `${stage}: ${MARKER}`,
        message: expect.stringContaining(stage) as unknown,
      });
      expect(result).not.toHaveProperty('message', expect.stringContaining(MARKER));
    },
  );

  it('is refused with failure_reported for 16 failures', () => {
    expect(check({ status: 'failure', failures: times(16, failure) })).toMatchObject({
      code: 'failure_reported',
    });
  });

  it.each([
    ['not_json', 'no text', ''],
    ['not_json', 'cut short', `{"status":"${MARKER}`],
    ['response_malformed', 'null', 'null'],
    ['response_malformed', 'an array', '[]'],
    ['response_malformed', 'an empty object', '{}'],
    ['response_malformed', '__proto__', JSON.stringify(success).replace('{', '{"__proto__":{},')],
    [
      'response_malformed',
      '__proto__ in a failure',
      JSON.stringify({ ...success, status: 'failure', failures: [failure] }).replace(
        '[{',
        '[{"__proto__":{},',
      ),
    ],
    [
      'response_malformed',
      '4,000 levels',
      JSON.stringify(success).replace('[]', '['.repeat(4000) + ']'.repeat(4000)),
    ],
  ])('is refused with %s: %s', (code, _, text) => {
    const result = checkSelfCheck(text);
    expect(result).toMatchObject({ ok: false, code });
    expect(result).not.toHaveProperty('message', expect.stringContaining(MARKER));
  });

  it.each([
    ['response_malformed', 'another status', { status: MARKER }],
    ['response_malformed', 'no status', { status: undefined }],
    ['response_malformed', 'no failures', { failures: undefined }],
    ['response_malformed', 'no time', { completed_at: undefined }],
    ['response_malformed', 'an unknown key', { [MARKER]: 1 }],
    ['response_malformed', 'an unknown stage', { failures: [{ ...failure, stage: MARKER }] }],
    ['response_malformed', 'a failure without a message', { failures: [{ stage: failure.stage }] }],
    ['response_malformed', 'a failure with an unknown key', { failures: [{ ...failure, [MARKER]: 1 }] }],
    ['response_malformed', 'a time as text', { completed_at: '1' }],
    ['response_malformed', 'a time with a fraction', { completed_at: 1.5 }],
    ['response_malformed', 'a time that JavaScript would round', { completed_at: 2 ** 53 }],
    ['time_not_positive', 'zero', { completed_at: 0 }],
    ['time_not_positive', 'negative', { completed_at: -1 }],
    ['too_many_failures', '17', { status: 'failure', failures: times(17, failure) }],
    ['too_many_failures', '17 with success', { failures: times(17, failure) }],
    ['success_with_failures', 'one', { failures: [failure] }],
    ['failure_without_failures', 'none', { status: 'failure' }],
    ['failure_reported', 'one', { status: 'failure', failures: [failure] }],
  ])('is refused with %s: %s', (code, _, parts) => {
    const result = check(parts);
    expect(result).toMatchObject({ ok: false, code });
    expect(result).not.toHaveProperty('message', expect.stringContaining(MARKER));
    expect(SELF_CHECK_CODES).toContain(code);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        expect(checkSelfCheck(text)).toMatchObject({ ok: false });
      }),
    );
  });
});
