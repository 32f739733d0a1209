import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineWireFunction } from './define-wire-function.ts';
import type { Ladder } from './ladder.ts';
import { findLadder } from './ladder.ts';
import { makeDefault } from './make-default.ts';
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
const answer = (of: object, request: object): object | undefined => {
  const checked = checkRequest(ladderOf(of), request);
  return checked.ok ? makeDefault(ladderOf(of), checked.message) : expect.fail(checked.message);
};

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

  it('sees and gives the host form of a codec', () => {
    const ended = dated.withDefault(({ at }) => ({ at: new Date(at.getTime() + 1) }));
    expect(answer(ended, { at: new Date(1) })).toStrictEqual({ at: new Date(2) });
  });

  it('is none where the contract has none', () => {
    expect(answer(contract, { name: '' })).toBeUndefined();
  });

  it('is none where it throws', () => {
    const ended = contract.withDefault(() => {
      throw new Error('boom');
    });
    expect(answer(ended, { name: '' })).toBeUndefined();
  });

  it.each([
    ['of another type', { text: 1 }],
    ['with a key too many', { text: '', more: 1 }],
    ['with _v', { text: '', _v: 1 }],
    ['undefined', undefined],
    ['null', null],
    ['an array', [{ text: '' }]],
    ['a promise', Promise.resolve({ text: '' })],
    [
      'that throws when read',
      {
        get text(): string {
          throw new Error('boom');
        },
      },
    ],
  ])('is none where it is %s', (_, value) => {
    expect(
      answer(
        contract.withDefault(() => value as never),
        { name: '' },
      ),
    ).toBeUndefined();
  });

  it('is none where it is a promise that rejects, which ends nothing', () => {
    const ended = contract.withDefault(() => Promise.reject(new Error('boom')) as never);
    expect(answer(ended, { name: '' })).toBeUndefined();
  });

  it('is none where a codec cannot write it', () => {
    const ended = dated.withDefault(() => ({ at: new Date(Number.NaN) }));
    expect(answer(ended, { at: new Date(0) })).toBeUndefined();
  });
});
