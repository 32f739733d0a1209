import { defineWireFunction } from '@plugwire/wire';
import { expectTypeOf, it } from 'vitest';
import { z } from 'zod';

import { defineRecording, type RecordingRule } from './define-recording.ts';

const judge = defineWireFunction({
  name: 'judge',
  fallback: 'silent_skip',
  request: z.strictObject({ user: z.string() }),
  response: z.strictObject({ allowed: z.boolean() }),
  sample: { request: { user: '' }, response: { allowed: true } },
});

it('a redactor has the types of its contract', () => {
  const rule = defineRecording(judge, {
    redact: {
      request: (request) => {
        expectTypeOf(request).toEqualTypeOf<{ user: string }>();
        return { user: 'x' };
      },
      response: (response) => {
        expectTypeOf(response).toEqualTypeOf<{ allowed: boolean }>();
        return response;
      },
    },
  });
  expectTypeOf(rule).toEqualTypeOf<RecordingRule>();
  // @ts-expect-error -- a recording needs a redactor
  defineRecording(judge, {});
  // @ts-expect-error -- and one for responses
  defineRecording(judge, { redact: { request: (request) => request } });
  // @ts-expect-error -- what it returns must fit the contract
  defineRecording(judge, { redact: { request: () => ({ name: 'x' }), response: (response) => response } });
});
