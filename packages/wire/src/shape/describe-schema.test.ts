import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { createMessageSchema } from '../contract/message-schema.ts';
import { describeSchema } from './describe-schema.ts';

const text = z.strictObject({ text: z.string() });
const usageError = (code: string) => expect.objectContaining({ name: 'PlugwireUsageError', code });

describe('bad_schema is thrown for', () => {
  const wider: z.ZodType<{ text: string }, { text: string }> = z.union([text, z.strictObject({})]) as never;
  it.each([
    ['an object', z.pipe(text, wider)],
    ['an object in a union', z.pipe(z.union([text, z.never()]), wider)],
    ['a record of listed keys', z.pipe(z.partialRecord(z.enum(['text']), z.string()), wider)],
    ['an object, behind another pipe', z.pipe(text, z.pipe(wider, text))],
  ])('a pipe into a union, in which zod drops unknown keys: %s', (_, part) => {
    expect(z.safeParse(part, { text: '', MARKER: 1 })).toEqual({ success: true, data: { text: '' } });
    expect(() => describeSchema(z.strictObject({ part }), 'here')).toThrow(usageError('bad_schema'));
  });

  it('no other pipe', () => {
    const request = z.strictObject({
      a: z.pipe(text, text),
      b: z.pipe(z.string(), z.union([z.literal('a'), z.literal('b')])),
    });
    expect(() => describeSchema(request, 'here')).not.toThrow();
  });

  it('a discriminated union that zod cannot use', () => {
    const option = z.strictObject({ kind: z.literal('a') });
    const part = z.discriminatedUnion('kind', [option, option]);
    expect(() => createMessageSchema(z.strictObject({ part }), 'request', 'here')).toThrow(
      usageError('bad_schema'),
    );
  });
});
