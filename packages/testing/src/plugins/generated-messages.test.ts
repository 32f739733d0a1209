import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { createSandbox } from '@plugwire/runtime';
import { defineWireFunction, u64 } from '@plugwire/wire';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { answeringPlugin, samplePlugin } from './answering-plugin.ts';
import { generatedRequests, generatedResponses, hostileRequests } from './generated-messages.ts';
import { openTestPlugin } from './open-test-plugin.ts';
import { greet, schedule } from '../testing/contracts.ts';

const exact = defineWireFunction({
  name: 'exact',
  fallback: 'silent_skip',
  request: z.strictObject({ id: u64, even: z.int().refine((value) => value % 2 === 0) }),
  response: z.strictObject({ id: u64 }),
  sample: { request: { id: 2n ** 64n - 1n, even: 2 }, response: { id: 2n ** 64n - 1n } },
});

const contracts = [greet, schedule, exact, ...loadBalancerFunctions];

describe('generated requests', () => {
  it.each(contracts)('of $name fit the contract, and reach a plugin', async (contract) => {
    await using test = await openTestPlugin(samplePlugin([contract]), [contract]);
    const requests = generatedRequests(contract, { count: 40 });
    expect(requests.length).toBeGreaterThan(2);
    for (const request of requests)
      expect(test.plugin.dispatchSync(contract, request as never)).toMatchObject({ kind: 'ok' });
    expect(test.calls(contract).map(({ request }) => request)).toEqual(requests);
  });

  it('are the same for the same seed', () => {
    expect(generatedRequests(schedule, { seed: 7 })).toEqual(generatedRequests(schedule, { seed: 7 }));
    expect(generatedRequests(schedule, { seed: 7 })).not.toEqual(generatedRequests(schedule, { seed: 8 }));
  });

  it('need a contract', () => {
    const bad = expect.objectContaining({ code: 'bad_function' });
    expect(() => generatedRequests({} as never)).toThrow(bad);
    expect(() => generatedResponses({} as never)).toThrow(bad);
    expect(() => hostileRequests({} as never)).toThrow(bad);
    expect(() => hostileRequests(greet, 2)).toThrow(expect.objectContaining({ code: 'bad_option' }));
  });
});

describe('generated responses', () => {
  it.each([greet, schedule, exact])('of $name can be used with answeringPlugin', async (contract) => {
    for (const response of generatedResponses<typeof contract>(contract, { count: 8 })) {
      await using test = await openTestPlugin(answeringPlugin(contract, response as never), [contract]);
      const [request] = generatedRequests(contract, { count: 1 });
      expect(test.plugin.dispatchSync(contract, request as never)).toMatchObject({ kind: 'ok', response });
    }
  });
});

describe('hostile requests', () => {
  it('reach a plugin unchanged', async () => {
    using sandbox = await createSandbox(
      await buildPlugin({ functions: { greet: behave.echo(), schedule: behave.echo() } }),
      { limits: { deadlineMs: 10_000, requestBytes: 4 * 1024 * 1024, outputBytes: 4 * 1024 * 1024 } },
    );
    const hostile = [...hostileRequests(greet), ...hostileRequests(schedule, 4)];
    expect(hostile.length).toBeGreaterThan(40);
    for (const { content } of hostile) {
      const sent = typeof content === 'string' ? Buffer.from(content) : content;
      expect(Buffer.compare(sandbox.call('greet', content) ?? Buffer.alloc(0), sent)).toBe(0);
    }
    expect(hostile.map(({ label }) => label)).toContain('no _v');
  });
});
