import { once } from 'node:events';

import { httpRequest, httpResponse, pluginInfo, streamData } from '@plugwire/wire/intercept';
import { describe, expect, it, vi } from 'vitest';

import { buildFaultModules, startFaultPython } from '../testing/fault-python.ts';
import { openFault, waitForPing } from '../testing/fault-server.ts';
import { findPython } from '../testing/toolchains.ts';

const ID = '00000000-0000-4000-8000-000000000001';
const NONE = new Uint8Array();
const bytes = new TextEncoder().encode('hello');
const headers = [{ name: 'a', value: 'é' }];
const data = {
  id: ID,
  side: 'client',
  direction: 'ingress',
  chunk: bytes,
  held: NONE,
  is_end: false,
  state: NONE,
} as const;
const python = findPython('grpc_tools');

describe.skipIf(python === undefined)('plugins of fault in Python', () => {
  const start = async (script: 'fault_echo.py' | 'fault_postgresql.py') => {
    const modules = buildFaultModules(python ?? '');
    const plugin = await startFaultPython(python ?? '', modules, script);
    return {
      ...plugin,
      again: async () => await startFaultPython(python ?? '', modules, script, plugin.port),
    };
  };

  it('echo requests and responses, and fail on the bytes of a stream like any other plugin', async () => {
    const plugin = await openFault((await start('fault_echo.py')).address);
    expect(await plugin.dispatch(pluginInfo, {})).toMatchObject({
      response: { name: 'EchoPlugin', platform: 'python', side: 'client', protocols: [] },
    });
    const request = { method: 'POST', path: '/?q=1', headers, body: bytes };
    expect((await plugin.dispatch(httpRequest, { id: ID, request })).response).toEqual({
      action: { kind: 'continue', modified_request: request },
    });
    const response = { status_code: 204, headers, body: NONE };
    expect((await plugin.dispatch(httpResponse, { id: ID, response })).response).toEqual({
      action: { kind: 'continue', modified_response: response },
    });
    expect(await plugin.dispatch(streamData, data)).toMatchObject({
      kind: 'fallback',
      policy: 'pass_through',
      error: { stage: 'plugin_call', code: 'guest_error' },
    });
    expect(await plugin.ping()).toEqual({ ok: true });
  });

  it('parse PostgreSQL messages, and pass them through', async () => {
    const { address, lines } = await start('fault_postgresql.py');
    const plugin = await openFault(address);
    expect(Object.keys(plugin.functions)).toEqual([
      'plugin_info',
      'stream_open',
      'stream_data',
      'stream_close',
    ]);
    const query = new Uint8Array([0x51, 0, 0, 0, 5, 0]);
    for (const side of ['client', 'server'] as const) {
      expect((await plugin.dispatch(streamData, { ...data, side, chunk: query })).response).toEqual({
        action: { kind: 'pass' },
        state: null,
      });
    }
    await vi.waitFor(() => expect(lines).toEqual([`${ID} 0 0 Q`, `${ID} 1 0 Q`]), { timeout: 20_000 });
  });

  it.each(['SIGKILL', 'SIGTERM'] as const)('are used again after a restart from %s', async (signal) => {
    const { address, child, again } = await start('fault_postgresql.py');
    const plugin = await openFault(address);
    child.kill(signal);
    await once(child, 'exit');
    await waitForPing(plugin, false);
    expect(await plugin.dispatch(streamData, data)).toMatchObject({ error: { code: 'not_connected' } });
    await again();
    await waitForPing(plugin, true);
    expect(await plugin.dispatch(streamData, data)).toMatchObject({ kind: 'ok' });
  });

  it('are disconnected while they are paused, and used again afterwards', async () => {
    const { address, child } = await start('fault_postgresql.py');
    const plugin = await openFault(address, { healthTimeoutMs: 500, connectTimeoutMs: 500 });
    child.kill('SIGSTOP');
    await vi.waitFor(
      async () => expect(await plugin.ping()).toMatchObject({ stage: 'instantiate', code: 'not_connected' }),
      { timeout: 20_000 },
    );
    expect(await plugin.dispatch(streamData, data)).toMatchObject({ error: { code: 'not_connected' } });
    child.kill('SIGCONT');
    await waitForPing(plugin, true);
    expect(await plugin.dispatch(streamData, data)).toMatchObject({ kind: 'ok' });
  });
});
