import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { createPluginHost } from '@plugwire/runtime';
import { expect, it } from 'vitest';

import { answeringPlugin } from '../plugins/answering-plugin.ts';
import { failingPlugin } from '../failures/failing-plugin.ts';
import { openTestPlugin } from '../plugins/open-test-plugin.ts';
import { greet, schedule } from '../testing/contracts.ts';
import { createCallSpy } from './call-spy.ts';

it('a call spy records requests and responses in the host’s form', async () => {
  const answer = { at: new Date(1), notes: 'x' };
  await using test = await openTestPlugin(answeringPlugin(schedule, answer, { alongside: [greet] }), [
    schedule,
    greet,
  ]);
  const request = { at: new Date(86_400_000), notes: [null] };
  test.plugin.dispatchSync(schedule, request);
  test.plugin.dispatchSync(schedule, { at: 'no date' } as never);
  expect(test.calls(schedule)).toEqual([{ request, response: answer, hostCalls: [] }]);
  expect(test.calls(greet)).toEqual([]);
});

it('a call spy records calls that failed', async () => {
  const failing = failingPlugin(greet, { stage: 'plugin_call', code: 'unreachable' });
  await using test = await openTestPlugin(failing, [greet]);
  test.plugin.dispatchSync(greet, { name: 'Ada' });
  expect(test.calls(greet)).toEqual([{ request: { name: 'Ada' }, response: undefined, hostCalls: [] }]);
});

it('a call spy records calls of host functions', async () => {
  const plugin = await buildPlugin({
    functions: {
      greet: behave.sequence(
        behave.callHostFunction({ name: 'cc_lb_log', args: ['info', 'called'] }),
        behave.answer({ text: 'hello', _v: 1 }),
      ),
    },
    requiredCapabilities: ['log'],
  });
  await using test = await openTestPlugin(plugin, [greet], { load: { capabilities: ['log'] } });
  test.plugin.dispatchSync(greet, { name: 'Ada' });
  expect(test.calls(greet)[0]?.hostCalls).toEqual([
    { name: 'cc_lb_log', arguments: ['info', 'called'], result: undefined, guestMessage: undefined },
  ]);
});

it('a call spy works in any host', async () => {
  const spy = createCallSpy([greet, greet]);
  await using host = createPluginHost({ functions: [greet], recordings: spy.recordings });
  const plugin = await host.load(await answeringPlugin(greet, { text: 'hello' }));
  plugin.dispatchSync(greet, { name: 'Ada' });
  expect(spy.calls(greet)).toMatchObject([{ request: { name: 'Ada' }, response: { text: 'hello' } }]);
});
