import { createOperator } from '@plugwire/operate';
import { createPluginHost, METRICS } from '@plugwire/runtime';
import { createLogSpy, createMetricSpy } from '@plugwire/testing';
import { expect, it } from 'vitest';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';

import { startBalancer } from './balancer.ts';
import { assignPlugins } from './balancer-plugins.ts';
import { inEveryRole, openHealthyPlugin } from './demo/healthy-plugin.ts';
import { PLAIN_ERROR, startDemoUpstreams } from './demo/demo-upstreams.ts';
import { closeAfterTest, PATIENT_LIMITS } from './testing/balancer-test.ts';

it('one plugin in every role serves requests and refreshes its key once for each upstream', async () => {
  const logs = createLogSpy();
  const metrics = createMetricSpy();
  const observed = { logger: logs.logger, registry: metrics.registry };
  const host = closeAfterTest(
    createPluginHost({ functions: loadBalancerFunctions, limits: PATIENT_LIMITS, ...observed }),
  );
  const operator = closeAfterTest(createOperator({ host }));
  await openHealthyPlugin(operator);
  const upstreams = (await startDemoUpstreams()).map(closeAfterTest);
  const plugins = assignPlugins(operator, inEveryRole('healthy'));
  const balancer = closeAfterTest(await startBalancer({ upstreams, plugins: () => plugins, ...observed }));
  const get = async (path: string) => {
    const answer = await fetch(`${balancer.origin}${path}`, { method: 'POST', body: '\u00E4\u0000' });
    return [answer.status, answer.headers.get('x-upstream'), await answer.text()];
  };

  expect(await get('/v1/messages?x=1')).toEqual([200, 'blue', 'hello from blue\n']);
  expect(await get('/v1/messages')).toEqual([200, 'green', 'hello from green\n']);
  expect(await get('/')).toEqual([200, 'blue', 'hello from blue\n']);
  const [status, name, text] = await get('/error');
  expect([status, name]).toEqual([500, 'green']);
  expect(text).not.toBe(PLAIN_ERROR);
  expect(JSON.parse(String(text))).toMatchObject({ type: 'error', error: { status: 500 } });
  // Two of these requests were refused with the old key and sent again.
  expect(upstreams.map(({ seen }) => seen())).toEqual([3, 3]);

  await balancer.close();
  expect(await metrics.fallbacks()).toEqual([]);
  expect(
    await metrics.value(METRICS.dispatchTotal.name, { function: 'on_unauthorized', outcome: 'ok' }),
  ).toBe(2);
  expect(await metrics.value(METRICS.dispatchTotal.name, { function: 'observe', outcome: 'ok' })).toBe(4);
  expect(logs.lines({ level: 'warn' })).toEqual([]);
});
