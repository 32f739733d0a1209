import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';

import { answeringPlugin, samplePlugin } from './answering-plugin.ts';
import { openTestPlugin } from './open-test-plugin.ts';
import { sampleRequest } from './sample-message.ts';
import { greet, schedule } from '../testing/contracts.ts';

describe('a healthy plugin', () => {
  it('answers every contract with its sample', async () => {
    const contracts = [greet, schedule, ...loadBalancerFunctions];
    await using test = await openTestPlugin(samplePlugin(contracts, { name: 'all' }), contracts);
    expect(test.plugin.name).toBe('all');
    for (const contract of contracts) {
      expect(test.plugin.dispatchSync(contract, sampleRequest(contract))).toMatchObject({ kind: 'ok' });
    }
    expect(test.plugin.dispatchSync(schedule, sampleRequest(schedule)).response).toEqual({
      at: new Date(0),
      notes: {},
    });
    expect(await test.metrics.fallbacks()).toEqual([]);
  });

  it('answers with the given response, and with samples for other contracts', async () => {
    const answer = { at: new Date(86_400_000), notes: ['"', null] };
    const plugin = answeringPlugin(schedule, answer, { alongside: [greet] });
    await using test = await openTestPlugin(plugin, [schedule, greet]);
    expect(test.plugin.dispatchSync(schedule, sampleRequest(schedule))).toEqual({
      kind: 'ok',
      response: answer,
      version: 6,
    });
    expect(test.plugin.dispatchSync(greet, { name: 'x' })).toMatchObject({
      kind: 'ok',
      response: { text: '' },
    });
  });

  it('serves the given version, and has the given name', async () => {
    const old = answeringPlugin(schedule, { at: '1970-01-02' }, { version: 4, pluginVersion: '0.9.0' });
    await using test = await openTestPlugin(old, [schedule]);
    expect(test.plugin.identity).toMatchObject({ plugin_name: 'answering', plugin_version: '0.9.0' });
    expect(test.plugin.dispatchSync(schedule, sampleRequest(schedule))).toMatchObject({
      version: 4,
      response: { at: new Date(86_400_000), notes: '1970-01-02' },
    });
    await expect(answeringPlugin(schedule, { at: 7 }, { version: 4 })).rejects.toMatchObject({
      code: 'bad_option',
    });
    await expect(answeringPlugin(schedule, { at: '' }, { version: 3 })).rejects.toMatchObject({
      message: expect.stringContaining('expected one of 4, 5, 6') as string,
    });
  });

  it('cannot be built with a response that does not fit, or without a contract', async () => {
    await expect(answeringPlugin(greet, { text: 1 } as never)).rejects.toMatchObject({ code: 'bad_option' });
    await expect(answeringPlugin<typeof greet>({} as never, { text: '' })).rejects.toMatchObject({
      code: 'bad_function',
    });
    await expect(samplePlugin([{} as never])).rejects.toMatchObject({ code: 'bad_function' });
  });
});
