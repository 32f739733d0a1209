import { CALL_CODES } from '@plugwire/runtime';
import { DISPATCH_STAGES, PlugwireUsageError, STAGE_CODES, type WireFunction } from '@plugwire/wire';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';

import { openTestPlugin } from '../open-test-plugin.ts';
import { sampleRequest } from '../sample-message.ts';
import { greet, schedule } from '../testing/contracts.ts';
import { untilReady } from '../until-ready.ts';
import { failingPlugin } from './failing-plugin.ts';
import { PLUGIN_FAILURES, type PluginFailure } from './plugin-failures.ts';

/** What hangs on the contract: without open ends, codecs or a ladder these do not happen. */
const CONTRACT_BOUND = ['too_deep', 'proto_key', 'codec_threw', 'adapter_threw', 'adapter_mismatch'];
const always = PLUGIN_FAILURES.filter(
  ({ stage, code }) => stage !== 'response_decode' || !CONTRACT_BOUND.includes(code),
);

/** Fails once, and once more on the same plugin, with a healthy function in between. */
const failTwice = async (contract: WireFunction, failure: PluginFailure): Promise<void> => {
  const companion = contract.name === 'greet' ? schedule : greet;
  const { stage, code } = failure;
  const failing = await failingPlugin(contract, failure, { alongside: [companion] });
  await using test = await openTestPlugin(failing, [contract, companion]);
  const { plugin, metrics } = test;
  const before = await metrics.fallbacks();
  const fails = (): void => {
    expect(plugin.dispatchSync(contract, sampleRequest(contract))).toMatchObject({
      kind: 'fallback',
      policy: contract.fallback,
      error: { stage, code },
    });
  };
  await failing.prepare(plugin);
  fails();
  const counted = (await metrics.fallbacks('failing')).find(
    (each) => each.stage === stage && each.code === code,
  );
  const earlier = before.find((each) => each.stage === stage && each.code === code)?.count ?? 0;
  expect(counted?.count).toBeGreaterThan(earlier);
  await untilReady(plugin);
  if (code !== 'breaker_open') {
    expect(plugin.dispatchSync(companion, sampleRequest(companion))).toMatchObject({ kind: 'ok' });
  }
  await untilReady(plugin);
  await failing.prepare(plugin);
  fails();
};

describe.each(
  [greet, schedule, ...loadBalancerFunctions].map((contract) => [contract.name, contract] as const),
)('a plugin that fails at %s', (_, contract: WireFunction) => {
  it.each(always)('$stage $code', async (failure) => {
    await failTwice(contract, failure);
  });
});
