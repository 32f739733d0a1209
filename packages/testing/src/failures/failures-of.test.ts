import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';

import { openTestPlugin } from '../plugins/open-test-plugin.ts';
import { sampleRequest } from '../plugins/sample-message.ts';
import { greet, schedule } from '../testing/contracts.ts';
import { failingPlugin } from './failing-plugin.ts';
import { failuresOf } from './failures-of.ts';
import { PLUGIN_FAILURES } from './plugin-failures.ts';

describe('the failures of a strict contract', () => {
  it.each(failuresOf(greet))('$stage $code', async (failure) => {
    await using test = await openTestPlugin(failingPlugin(greet, failure), [greet]);
    expect(test.plugin.dispatchSync(greet, sampleRequest(greet))).toMatchObject({ error: failure });
  });

  it('are those that the contract can have', () => {
    const codes = failuresOf(greet).map(({ code }) => code);
    expect(codes).toContain('schema_mismatch');
    for (const code of ['not_negotiated', 'too_deep', 'proto_key', 'codec_threw', 'adapter_threw'])
      expect(codes).not.toContain(code);
  });
});

it('a contract with codecs, adapters and any JSON can have every failure of a single plugin', () => {
  expect(failuresOf(schedule)).toHaveLength(PLUGIN_FAILURES.length - 1);
});

it.each(loadBalancerFunctions)(
  'failingPlugin can cause every failure that is listed for $name',
  async (contract) => {
    const failures = failuresOf(contract).filter(({ stage }) => stage === 'response_decode');
    expect(failures.length).toBeGreaterThan(0);
    for (const failure of failures) await failingPlugin(contract, failure);
  },
);

it('failuresOf refuses a value that is not a contract', () => {
  expect(() => failuresOf({} as never)).toThrow(expect.objectContaining({ code: 'bad_function' }));
});
