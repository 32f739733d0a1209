import { createServer, type Socket } from 'node:net';

import { type ServingPlugin } from '@plugwire/runtime';
import { pluginInfo, streamData } from '@plugwire/wire/intercept';
import { EventEmitter, once } from 'node:events';
import pino from 'pino';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

import {
  type FaultServer,
  type Fields,
  openFault,
  openFaultServer,
  waitForPing,
} from '../testing/fault-server.ts';

const NONE = new Uint8Array();
const data = {
  id: '00000000-0000-4000-8000-000000000001',
  side: 'client',
  direction: 'ingress',
  chunk: new Uint8Array(10_000),
  held: NONE,
  is_end: false,
  state: NONE,
} as const;
const PATIENT = { timeout: 20_000 };
const PASS = { ProcessTunnelData: () => ({ pass_through: {} }) };
const AWAY = {
  kind: 'fallback',
  policy: 'pass_through',
  error: { stage: 'plugin_call', code: 'not_connected' },
};

/** A port at which nobody listens. */
const freePort = async (): Promise<number> => {
  const server = await openFaultServer();
  server.vanish();
  return server.port;
};

const expectPass = async (plugin: ServingPlugin): Promise<void> =>
  expect(await plugin.dispatch(streamData, data)).toMatchObject({ response: { action: { kind: 'pass' } } });

describe('a plugin that is not reachable', () => {
  it('is loaded, falls back without opening its breaker, and serves once it is reachable', async () => {
    const port = await freePort();
    const plugin = await openFault(`http://127.0.0.1:${port}`);
    expect(plugin.functions).toHaveProperty('http_request');
    expect(plugin.health().status).toBe('down');
    expect(await plugin.ping()).toMatchObject({ stage: 'instantiate', code: 'not_connected' });
    for (let call = 0; call < 50; call += 1)
      expect(await plugin.dispatch(streamData, data)).toMatchObject(AWAY);
    expect(await plugin.dispatch(pluginInfo, {})).toMatchObject({
      kind: 'fallback',
      policy: 'use_default',
      response: { can_handle_tunnel: true },
    });
    await openFaultServer({ ...PASS, GetPluginCapabilities: () => ({ can_handle_tunnel: true }) }, port);
    await waitForPing(plugin, true);
    expect(plugin.health()).toMatchObject({ status: 'ready', breaker: 'closed' });
    await expectPass(plugin);
    expect(plugin.functions).not.toHaveProperty('http_request');
  });

  it('is retried with one attempt at a time, however many calls there are', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.destroy();
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const { port } = server.address() as { readonly port: number };
    const hour = 3_600_000;
    const plugin = await openFault(`http://127.0.0.1:${port}`, {
      reconnect: { firstMs: hour, longestMs: hour },
    });
    const before = sockets.length;
    expect(before).toBeGreaterThan(0);
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, async () => await plugin.dispatch(streamData, data)),
    );
    for (const outcome of outcomes) expect(outcome).toMatchObject(AWAY);
    expect(sockets.length).toBe(before);
  });

  it('does not delay a load beyond the connect timeout', async () => {
    const silent = await openFaultServer({ HealthCheck: () => undefined });
    const plugin = await openFault(silent.address, { connectTimeoutMs: 50 });
    expect(await plugin.dispatch(streamData, data)).toMatchObject(AWAY);
  });
});

describe('a plugin that vanishes', () => {
  const vanishDuringCall = async (): Promise<{ server: FaultServer; plugin: ServingPlugin }> => {
    const heard = new EventEmitter();
    const asked = once(heard, 'asked');
    const server = await openFaultServer({ ProcessTunnelData: () => void heard.emit('asked') });
    const plugin = await openFault(server.address);
    const outcome = plugin.dispatch(streamData, data);
    await asked;
    server.vanish();
    expect(await outcome).toMatchObject(AWAY);
    return { server, plugin };
  };

  it('ends the running calls immediately, and reports its identity again when it returns', async () => {
    const { server, plugin } = await vanishDuringCall();
    await waitForPing(plugin, false);
    expect(await plugin.dispatch(streamData, data)).toMatchObject(AWAY);
    expect(plugin.identity.plugin_version).toBe('1.2.3');
    const again = await openFaultServer(
      { ...PASS, GetPluginInfo: () => ({ name: 'other', version: '2.0.0' }) },
      server.port,
    );
    await waitForPing(plugin, true);
    expect(plugin.identity.plugin_version).toBe('2.0.0');
    expect(again.calls).toMatchObject({ GetPluginInfo: 1, GetPluginCapabilities: 1 });
    await expectPass(plugin);
  });

  it('sends no remaining piece of a chunk to the process that replaces it', async () => {
    const heard = new EventEmitter();
    const first = await openFaultServer({
      ProcessTunnelData: () => {
        heard.emit('asked');
        return { pass_through: {} };
      },
    });
    const plugin = await openFault(first.address);
    heard.once('asked', () => first.vanish());
    expect(await plugin.dispatch(streamData, data)).toMatchObject(AWAY);
    expect(first.calls['ProcessTunnelData']).toBe(1);
  });

  it('leaves no connection behind if it is closed while it is unreachable', async () => {
    const { plugin } = await vanishDuringCall();
    await plugin.close();
    expect(await plugin.ping()).toMatchObject({ code: 'closed' });
  });
});

describe('a health check', () => {
  const openWith = async (health: () => Fields | 'fails' | undefined, options = {}) => {
    const lines: Record<string, unknown>[] = [];
    const logger = pino({ level: 'trace' }, { write: (text: string) => void lines.push(JSON.parse(text)) });
    const server = await openFaultServer({ ...PASS, HealthCheck: health });
    return { server, lines, plugin: await openFault(server.address, options, { logger }) };
  };

  it.each([
    ['says no', {}, 'not_serving'],
    ['fails', 'fails', 'guest_error'],
    ['does not come', undefined, 'deadline'],
  ] as const)('that %s switches the plugin off until it succeeds', async (_, answer, code) => {
    let isWell = true;
    const { server, plugin, lines } = await openWith(() => (isWell ? { healthy: true } : answer), {
      healthTimeoutMs: 1_000,
      connectTimeoutMs: 1_000,
    });
    await expectPass(plugin);
    isWell = false;
    const words = () => lines.map(({ msg, code: seen }) => [msg, seen]);
    await vi.waitFor(() => expect(words()).toContainEqual(['plugin switched off', code]), PATIENT);
    expect(await plugin.dispatch(streamData, data)).toMatchObject(AWAY);
    isWell = true;
    const infos = server.calls['GetPluginInfo'];
    await waitForPing(plugin, true);
    await expectPass(plugin);
    expect(server.calls['GetPluginInfo']).toBeGreaterThan(infos ?? 0);
  });

  it('logs each reason once at warn', async () => {
    const { plugin, lines } = await openWith(() => ({ healthy: false }));
    await vi.waitFor(
      () => expect(lines.filter(({ msg }) => msg === 'plugin not connected').length).toBeGreaterThan(2),
      PATIENT,
    );
    expect(lines.filter(({ level }) => level === 40)).toEqual([
      expect.objectContaining({ msg: 'plugin not connected', code: 'not_serving' }),
    ]);
    await plugin.close();
  });
});
