import { expect } from 'vitest';
import { z } from 'zod';

import { defineWireFunction } from '../define-wire-function.ts';
import { findLadder, type Ladder } from '../ladder.ts';
import { checkRequest, type RequestWritten, writeRequest } from '../write-request.ts';

/** The ladder of a contract with one version and this request schema. */
export const ladderOf = (request: z.ZodType, sample: unknown): Ladder =>
  findLadder(
    defineWireFunction({
      name: 'greet',
      fallback: 'silent_skip',
      request,
      response: z.strictObject({}),
      sample: { request: sample, response: {} },
    }),
  ) ?? expect.fail('no contract');

/** Checks a request and writes it, by default at the newest version. */
export const write = (ladder: Ladder, request: unknown, version = ladder.newest.version): RequestWritten => {
  const checked = checkRequest(ladder, request);
  return checked.ok ? writeRequest(ladder, version, checked.message) : checked;
};
