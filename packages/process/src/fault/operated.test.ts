import { applyConfig, createOperator, type Operator, parseConfigText } from '@plugwire/operate';
import { createPluginHost } from '@plugwire/runtime';
import { interceptFunctions, streamData } from '@plugwire/wire/intercept';
import { expect, it, onTestFinished, vi } from 'vitest';

import { openFaultServer } from '../testing/fault-server.ts';
import { faultCarrier } from './fault-carrier.ts';

const NONE = new Uint8Array();
const data = {
  id: '00000000-0000-4000-8000-000000000001',
  side: 'client',
  direction: 'ingress',
  chunk: new Uint8Array(1),
  held: NONE,
  is_end: false,
  state: NONE,
} as const;

const openOperator = (): Operator => {
  const host = createPluginHost({ functions: interceptFunctions, limits: { deadlineMs: 20_000 } });
  const carriers = { fault: faultCarrier({ reconnect: { firstMs: 10, longestMs: 50 } }) };
  const operator = createOperator({ host, carriers });
  onTestFinished(async () => {
    await operator.close();
    await host.close();
  });
  return operator;
};

const entry = (name: string, address: string): string =>
  `[plugins.${name}]\ncarrier = "fault"\nsettings = { address = "${address}", health_interval_ms = 50 }`;

it('loads a fault plugin from a configuration file, whether it is reachable or not', async () => {
  const operator = openOperator();
  const there = await openFaultServer({ ProcessTunnelData: () => ({ close: { reason: 'there' } }) });
  const away = await openFaultServer();
  away.vanish();
  const text = [entry('first', there.address), entry('second', away.address)].join('\n');
  const report = await applyConfig(operator, parseConfigText(text, '/plugwire.toml'), {
    mode: 'what_works',
  });
  expect(report.failures).toEqual([]);
  const ask = async (name: string) => await operator.get(name)?.dispatch(streamData, data);
  expect(await ask('first')).toMatchObject({ response: { action: { reason: 'there' } } });
  expect(await ask('second')).toMatchObject({ error: { code: 'not_connected' } });
  await openFaultServer({ ProcessTunnelData: () => ({ close: { reason: 'late' } }) }, away.port);
  await vi.waitFor(
    async () => expect(await ask('second')).toMatchObject({ response: { action: { reason: 'late' } } }),
    { timeout: 20_000 },
  );
});

it.each([
  'settings = {}',
  'settings = { address = "http://127.0.0.1:1", adress = "x" }',
  'settings = { address = "x" }',
])('refuses a fault plugin with %s', async (settings) => {
  const config = parseConfigText(`[plugins.a]\ncarrier = "fault"\n${settings}`, '/plugwire.toml');
  const report = await applyConfig(openOperator(), config, { mode: 'what_works' });
  expect(report.failures).toMatchObject([{ error: { code: 'bad_option' } }]);
});
