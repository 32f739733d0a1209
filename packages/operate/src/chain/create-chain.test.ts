import { behave, type Behaviour, buildPlugin } from '@plugwire/pdk-fixtures';
import { createPluginHost } from '@plugwire/runtime';
import {
  type ChainRule,
  defineChain,
  defineWireFunction,
  type FallbackPolicy,
  type WireFunction,
} from '@plugwire/wire';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';

import { createOperator } from '../operator/create-operator.ts';
import { type Chain, createChain } from './create-chain.ts';

const say = (text: string): Behaviour => behave.answer({ text, _v: 1 });
const broken = behave.trap('unreachable');

const texts = {
  request: z.strictObject({ text: z.string() }),
  response: z.strictObject({ text: z.string() }),
};
const sample = { request: { text: '' }, response: { text: '' } };

const define = (fallback: Exclude<FallbackPolicy, 'use_default'>) =>
  defineWireFunction({ name: 'act', fallback, ...texts, sample });
type Act = WireFunction<'act', FallbackPolicy, { text: string }, { text: string }>;

const withDefault: Act = defineWireFunction({
  name: 'act',
  fallback: 'use_default',
  ...texts,
  sample,
}).withDefault(({ text }) => ({ text: `default of ${text}` }));

/** A chain of plugins with these behaviours. `undefined` is a name without a plugin. */
const open = async (
  fallback: FallbackPolicy,
  rule: ChainRule<Act>,
  behaviours: readonly (Behaviour | undefined)[],
): Promise<Chain<Act>> => {
  const contract: Act = fallback === 'use_default' ? withDefault : define(fallback);
  const host = createPluginHost({ functions: [contract], limits: { deadlineMs: 10_000 } });
  const operator = createOperator({ host });
  onTestFinished(async () => {
    await operator.close();
    await host.close();
  });
  const handles = await Promise.all(
    behaviours.map(async (behaviour, at) => {
      const handle = operator.open(`link-${at}`);
      if (behaviour !== undefined) await handle.swap(await buildPlugin({ functions: { act: behaviour } }));
      return handle;
    }),
  );
  return createChain(defineChain(contract, rule), handles);
};

const pipeline: ChainRule<Act> = {
  kind: 'pipeline',
  next: (request, { text }) => ({ text: `${request.text}>${text}` }),
};

describe('a chain', () => {
  it('stops at the first answer', async () => {
    const chain = await open('silent_skip', { kind: 'first_answer' }, [
      broken,
      undefined,
      say('b'),
      say('c'),
    ]);
    const outcome = chain.dispatchSync({ text: 'x' });
    expect(chain.plugins).toEqual(['link-0', 'link-1', 'link-2', 'link-3']);
    expect(outcome).toMatchObject({ kind: 'answered', response: { text: 'b' } });
    expect(outcome.links.map(({ plugin, outcome: { kind } }) => [plugin, kind])).toEqual([
      ['link-0', 'fallback'],
      ['link-1', 'fallback'],
      ['link-2', 'ok'],
    ]);
  });

  it('continues if a response is not an answer', async () => {
    const rule: ChainRule<Act> = { kind: 'first_answer', isAnswer: ({ text }) => text !== '' };
    const chain = await open('silent_skip', rule, [say(''), say('b')]);
    expect(chain.dispatchSync({ text: 'x' }).response).toEqual({ text: 'b' });
    const none = await open('silent_skip', rule, [say('')]);
    expect(none.dispatchSync({ text: 'x' })).toMatchObject({ kind: 'unanswered', response: undefined });
  });

  it('passes the request of each plugin to the next in a pipeline', async () => {
    const chain = await open('silent_skip', pipeline, [say('a'), broken, say('c')]);
    expect(chain.dispatchSync({ text: 'x' })).toMatchObject({
      kind: 'answered',
      response: { text: 'c' },
      request: { text: 'x>a>c' },
    });
  });

  it('calls all plugins with the kind all', async () => {
    const chain = await open('silent_skip', { kind: 'all' }, [say('a'), broken, say('c')]);
    const { links, request } = chain.dispatchSync({ text: 'x' });
    expect(links.map(({ outcome }) => outcome.kind)).toEqual(['ok', 'fallback', 'ok']);
    expect(request).toEqual({ text: 'x' });
  });

  it.each<readonly [string, Behaviour | undefined]>([
    ['is broken', broken],
    ['is missing', undefined],
  ])('fails with fail_request if a plugin %s', async (_, second) => {
    const chain = await open('fail_request', pipeline, [say('a'), second, say('c')]);
    const outcome = chain.dispatchSync({ text: 'x' });
    expect(outcome).toMatchObject({ kind: 'failed', response: undefined });
    expect(outcome.links).toHaveLength(2);
  });

  it('uses the default of the contract as the answer of a plugin that failed', async () => {
    const chain = await open('use_default', pipeline, [say('a'), undefined]);
    expect(chain.dispatchSync({ text: 'x' })).toMatchObject({
      kind: 'answered',
      response: { text: 'default of x>a' },
      request: { text: 'x>a>default of x>a' },
    });
  });

  it('fails without throwing if the rule throws', async () => {
    const rule: ChainRule<Act> = {
      kind: 'pipeline',
      next: () => {
        throw new Error('no');
      },
    };
    const chain = await open('silent_skip', rule, [say('a'), say('b')]);
    expect(chain.dispatchSync({ text: 'x' })).toMatchObject({ kind: 'failed' });
  });

  it('has no answer without plugins, and refuses a request that does not fit', async () => {
    const empty = await open('silent_skip', { kind: 'first_answer' }, []);
    expect(empty.dispatchSync({ text: 'x' })).toEqual({
      kind: 'unanswered',
      response: undefined,
      request: { text: 'x' },
      links: [],
    });
    const chain = await open('fail_request', { kind: 'all' }, [say('a')]);
    expect(chain.dispatchSync({ text: 1 } as never)).toMatchObject({ kind: 'failed' });
  });

  it.each([
    ['fail_request', { kind: 'failed' }],
    ['silent_skip', { kind: 'unanswered' }],
    ['use_default', { kind: 'unanswered' }],
  ] as const)('accepts a request of type unknown under %s, and validates it', async (policy, refused) => {
    const chain = await open(policy, pipeline, [say('a'), say('b')]);
    const parse = (text: string): unknown => JSON.parse(text);
    const outcome = chain.dispatchSync(parse('{"text":"x"}'));
    expect(outcome).toMatchObject({ kind: 'answered', response: { text: 'b' }, request: { text: 'x>a>b' } });
    for (const text of ['{"text":1}', 'null', '[]', '{"text":"x","more":1}']) {
      expect(chain.dispatchSync(parse(text))).toMatchObject({ ...refused, response: undefined });
      expect(await chain.dispatch(parse(text))).toMatchObject({ ...refused, request: parse(text) });
    }
  });
});

describe('the rule of a chain', () => {
  it.each([
    ['bad_function', {}, { kind: 'all' }],
    ['bad_option', define('silent_skip'), { kind: 'some' }],
    ['bad_option', define('silent_skip'), undefined],
    ['bad_option', define('silent_skip'), { kind: 'pipeline' }],
  ])('is refused with %s', (code, contract, rule) => {
    expect(() => defineChain(contract as never, rule as never)).toThrow(expect.objectContaining({ code }));
  });
});
