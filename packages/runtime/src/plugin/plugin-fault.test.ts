import { behave, type PluginDescription } from '@plugwire/pdk-fixtures';
import { defineWireFunction, jsonValue, type WireFunction } from '@plugwire/wire';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { openPlugin } from '../testing/open-plugin.ts';

/** The number of dispatches after which the breaker may open. */
const MINIMUM_CALLS = 5;

const request = z.strictObject({});
const sample = { request: {}, response: { text: 'x' } };

const greet = defineWireFunction({
  name: 'greet',
  fallback: 'silent_skip',
  request,
  response: z.strictObject({ text: z.string() }),
  sample,
});

const breakerAfter = async (
  act: NonNullable<PluginDescription['functions']>[string],
  contract: WireFunction = greet,
  limits: Record<string, number> = {},
) => {
  const plugin = await openPlugin(
    { functions: { greet: act } },
    { functions: [contract] },
    { breaker: { minimumCalls: MINIMUM_CALLS }, limits },
  );
  const codes = new Set<string>();
  for (let call = 0; call < MINIMUM_CALLS; call += 1) {
    const outcome = plugin.dispatchSync(contract, {});
    codes.add(outcome.kind === 'ok' ? 'ok' : `${outcome.error.stage}/${outcome.error.code}`);
  }
  return { codes: [...codes], breaker: plugin.health().breaker };
};

const anything = defineWireFunction({
  name: 'greet',
  fallback: 'silent_skip',
  request,
  response: z.strictObject({ text: jsonValue }),
  sample,
});

describe('the breaker opens for answers that are the plugin’s fault', () => {
  const deep = `{"_v":1,"text":${'['.repeat(200)}${']'.repeat(200)}}`;
  const many = `{"_v":1,"text":[${Array(40_000).fill('{}').join(',')}]}`;
  it.each<readonly [string, string, WireFunction]>([
    ['deserialize_response/empty_output', '', greet],
    ['deserialize_response/not_json', '{', greet],
    ['response_envelope/not_an_object', '[]', greet],
    ['response_envelope/version_missing', '{"text":"x"}', greet],
    ['response_envelope/version_invalid', '{"_v":"1","text":"x"}', greet],
    ['response_envelope/version_mismatch', '{"_v":2,"text":"x"}', greet],
    ['response_decode/schema_mismatch', '{"_v":1,"text":7}', greet],
    ['response_decode/inexact_number', `{"_v":1,"text":${'1'.repeat(40)}}`, anything],
    ['response_decode/proto_key', '{"_v":1,"text":"x","__proto__":{}}', anything],
    ['response_decode/too_deep', deep, anything],
    ['plugin_call/output_too_complex', many, greet],
  ])('%s', async (code, text, contract) => {
    const limits = { outputNodes: 1024 };
    expect(await breakerAfter(behave.answerText(text), contract, limits)).toEqual({
      codes: [code],
      breaker: 'open',
    });
  });
});

describe('the breaker stays closed if the contract’s own code fails', () => {
  const throwing = (): never => {
    throw new Error('SECRET');
  };

  it('in a codec that throws', async () => {
    let isArmed = false;
    const contract = defineWireFunction({
      name: 'greet',
      fallback: 'silent_skip',
      request,
      response: z.strictObject({ text: z.string().refine(() => (isArmed ? throwing() : true)) }),
      sample,
    });
    isArmed = true;
    expect(await breakerAfter(behave.answer({ _v: 1, text: 'x' }), contract)).toEqual({
      codes: ['response_decode/codec_threw'],
      breaker: 'closed',
    });
  });

  it('in an adapter that throws', async () => {
    const older = z.strictObject({ word: z.string() });
    let isArmed = false;
    const contract = defineWireFunction({
      name: 'greet',
      fallback: 'silent_skip',
      request,
      response: older,
      sample: { request: {}, response: { word: 'x' } },
    }).next({
      request,
      response: z.strictObject({ text: z.string() }),
      sample,
      downgradeRequest: () => ({}),
      upgradeResponse: ({ word }) => (isArmed ? throwing() : { text: word }),
    });
    isArmed = true;
    const act = { behaviour: behave.answer({ _v: 1, word: 'x' }), versions: [1] };
    expect(await breakerAfter(act, contract)).toEqual({
      codes: ['response_decode/adapter_threw'],
      breaker: 'closed',
    });
  });
});

it('the breaker counts a correct answer after wrong ones as a success', async () => {
  expect(await breakerAfter(behave.answer({ _v: 1, text: 'x' }))).toEqual({
    codes: ['ok'],
    breaker: 'closed',
  });
});
