import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineWireFunction } from './define-wire-function.ts';
import type { Ladder } from './ladder.ts';
import { findLadder } from './ladder.ts';
import { type DefaultResult, makeDefault } from './make-default.ts';
import { checkRequest } from './write-request.ts';

const date = z.codec(z.string(), z.date(), {
  decode: (wire) => new Date(wire),
  encode: (host) => host.toISOString(),
});
const contract = defineWireFunction({
  name: 'greet',
  fallback: 'use_default',
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: '' }, response: { text: '' } },
});
const dated = defineWireFunction({
  name: 'greet',
  fallback: 'use_default',
  request: z.strictObject({ at: date }),
  response: z.strictObject({ at: date }),
  sample: { request: { at: new Date(0) }, response: { at: new Date(0) } },
});

const ladderOf = (of: object): Ladder => findLadder(of) ?? expect.fail('no contract');
const run = (of: object, request: object): DefaultResult | undefined => {
  const checked = checkRequest(ladderOf(of), request);
  return checked.ok ? makeDefault(ladderOf(of), checked.message) : expect.fail(checked.message);
};
const answer = (of: object, request: object): object => {
  const result = run(of, request);
  return result?.ok === true ? result.response : expect.fail('no answer');
};

/** A default that answers the sample, whose name is empty, and fails for every other request. */
const failing = (fail: () => unknown) =>
  contract.withDefault(({ name }) => (name === '' ? { text: '' } : (fail() as never)));

describe('the default answer', () => {
  it('is made from the request', () => {
    const ended = contract.withDefault(({ name }) => ({ text: `Hello, ${name}` }));
    expect(answer(ended, { name: 'Ada' })).toStrictEqual({ text: 'Hello, Ada' });
  });

  it('is a copy', () => {
    const shared = { text: 'shared' };
    const given = answer(
      contract.withDefault(() => shared),
      { name: '' },
    );
    expect(given).toStrictEqual(shared);
    expect(given).not.toBe(shared);
  });

  it('gets and returns the host form of a codec', () => {
    const ended = dated.withDefault(({ at }) => ({ at: new Date(at.getTime() + 1) }));
    expect(answer(ended, { at: new Date(1) })).toStrictEqual({ at: new Date(2) });
  });

  it('is undefined if the contract has no default', () => {
    expect(run(contract, { name: '' })).toBeUndefined();
  });

  it('fails with default_threw if the default throws, without showing the error', () => {
    const ended = failing(() => {
      throw new Error('boom');
    });
    expect(run(ended, { name: 'Ada' })).toStrictEqual({
      ok: false,
      error: {
        code: 'default_threw',
        message: 'the default threw: fix the function passed to withDefault',
      },
    });
  });

  it.each([
    ['a value of another type', { text: 1 }],
    ['an object with an extra key', { text: '', more: 1 }],
    ['an object with _v', { text: '', _v: 1 }],
    ['undefined', undefined],
    ['null', null],
    ['an array', [{ text: '' }]],
    ['a promise', Promise.resolve({ text: '' })],
    [
      'an object that throws when it is read',
      {
        get text(): string {
          throw new Error('boom');
        },
      },
    ],
  ])('fails with default_mismatch if the default returns %s', (_, value) => {
    expect(
      run(
        failing(() => value),
        { name: 'Ada' },
      ),
    ).toMatchObject({ error: { code: 'default_mismatch' } });
  });

  it('fails with default_mismatch if the default returns a promise that rejects, and the process continues', () => {
    const ended = failing(() => Promise.reject(new Error('boom')));
    expect(run(ended, { name: 'Ada' })).toMatchObject({ error: { code: 'default_mismatch' } });
  });

  it('fails with default_mismatch if a codec cannot write what the default returns', () => {
    const ended = dated.withDefault(({ at }) => ({ at: at.getTime() === 0 ? at : new Date(Number.NaN) }));
    expect(run(ended, { at: new Date(1) })).toMatchObject({ error: { code: 'default_mismatch' } });
  });

  it('says where the answer does not fit, without showing the answer', () => {
    const result = run(
      failing(() => ({ text: 'fine', secret: 'hunter2' })),
      { name: 'Ada' },
    );
    expect(JSON.stringify(result)).toContain('response: has a key that the schema does not name');
    expect(JSON.stringify(result)).not.toMatch(/secret|hunter2/);
  });
});

describe('applyDefault', () => {
  const ended = contract.withDefault(({ name }) => ({ text: `Hello, ${name}` }));

  it('returns the default answer without a plugin', () => {
    expect(ended.applyDefault({ name: 'Ada' })).toStrictEqual({ text: 'Hello, Ada' });
  });

  it('takes and returns values in the host’s form', () => {
    const at = new Date(1e12);
    expect(dated.withDefault((request) => ({ at: request.at })).applyDefault({ at })).toStrictEqual({ at });
  });

  it('throws bad_request for a request that does not fit, without quoting it', () => {
    const apply = () => ended.applyDefault({ name: 17 as never });
    expect(apply).toThrow(
      expect.objectContaining({
        code: 'bad_request',
        message:
          'greet: applyDefault got a request that does not fit: request.name: expected string. Give a request of the newest version.',
      }),
    );
  });

  it.each([
    ['throws', () => expect.fail('secret'), 'greet: the default threw'],
    [
      'returns a response that does not fit',
      () => ({}),
      'greet: the default returned a response that does not fit',
    ],
  ])('throws bad_default if the default %s', (_, fail, message) => {
    const code = 'bad_default';
    expect(() => failing(fail).applyDefault({ name: 'Ada' })).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) as string }),
    );
  });
});
