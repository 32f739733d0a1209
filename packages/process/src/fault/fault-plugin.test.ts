import { EventEmitter, once } from 'node:events';

import {
  httpRequest,
  httpResponse,
  pluginInfo,
  streamClose,
  streamData,
  streamOpen,
} from '@plugwire/wire/intercept';
import { describe, expect, it } from 'vitest';

import { type Answers, type Fields, openFault, openFaultServer, RAW } from '../testing/fault-server.ts';
import { faultPlugin } from './fault-plugin.ts';

const ID = '00000000-0000-4000-8000-000000000001';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const NONE = new Uint8Array();
const headers = [
  { name: 'a', value: '1' },
  { name: 'A', value: 'é' },
];
const request = { method: 'POST', path: '/greet?q=1', headers, body: bytes('hello\0') };
const response = { status_code: 201, headers, body: bytes('hi') };
const data = {
  id: ID,
  side: 'client',
  direction: 'ingress',
  chunk: bytes('hello'),
  held: NONE,
  is_end: false,
  state: NONE,
} as const;

const open = async (answers: Answers, ...more: [options?: object, host?: object]) =>
  await openFault((await openFaultServer(answers)).address, ...more);

describe('a plugin of fault', () => {
  it('reports its name, its version and its capabilities', async () => {
    const plugin = await open({});
    expect(plugin).toMatchObject({
      name: expect.stringMatching(/^fault-127-0-0-1-\d+$/),
      identity: { plugin_version: '1.2.3' },
      functions: {
        plugin_info: 1,
        http_request: 1,
        http_response: 1,
        stream_open: 1,
        stream_data: 1,
        stream_close: 1,
      },
    });
    expect(await plugin.ping()).toEqual({ ok: true });
    expect(await plugin.dispatch(pluginInfo, {})).toMatchObject({
      kind: 'ok',
      response: {
        name: 'Test Plugin',
        version: '1.2.3',
        author: 'someone',
        url: '',
        direction: 'both',
        side: 'any',
        protocols: ['http', 'postgresql'],
        can_handle_http_forward: true,
        can_handle_tunnel: true,
      },
    });
  });

  it.each([
    [{ can_handle_http_forward: true }, ['http_request', 'http_response']],
    [{ can_handle_tunnel: true, protocols: [0, 9] }, ['stream_open', 'stream_data', 'stream_close']],
    // The plugin for PostgreSQL of fault's guide says so.
    [{ protocols: [3] }, ['stream_open', 'stream_data', 'stream_close']],
    [{ protocols: [1, 2] }, []],
  ])('serves the contracts of its capabilities: %o', async (capabilities, names) => {
    const plugin = await open({ GetPluginCapabilities: () => capabilities });
    expect(Object.keys(plugin.functions)).toEqual(['plugin_info', ...names]);
    const served = names.includes('http_request');
    expect(await plugin.dispatch(httpRequest, { id: ID, request })).toMatchObject(
      served
        ? { error: { stage: 'plugin_call', code: 'no_function' } }
        : { error: { stage: 'version_lookup', code: 'not_negotiated' } },
    );
  });

  it.each([
    [0, 0, 'both', 'client'],
    [1, 1, 'egress', 'server'],
    [7, 7, 'both', 'any'],
  ])('reads direction %i and side %i as %s and %s', async (direction, side, ...read) => {
    const plugin = await open({
      GetPluginInfo: () => ({ name: '', version: 'no version\n', direction, side }),
    });
    const { response: info } = await plugin.dispatch(pluginInfo, {});
    expect([info?.direction, info?.side]).toEqual(read);
    expect(plugin.identity.plugin_version).toBe('0.0.0');
  });
});

describe('a request and a response', () => {
  const ask = async (answer: Fields, seen: Fields[] = []) => {
    const run = (message: Fields) => {
      seen.push(message);
      return answer;
    };
    const plugin = await open({ ProcessHttpRequest: run, ProcessHttpResponse: run });
    return [
      await plugin.dispatch(httpRequest, { id: ID, request }),
      await plugin.dispatch(httpResponse, { id: ID, response }),
    ];
  };

  it('reach the plugin unchanged, and are forwarded unchanged', async () => {
    const seen: Fields[] = [];
    const [toServer, toClient] = await ask({ action: 0 }, seen);
    expect(seen[0]?.['request']).toMatchObject({ ...request, body: Buffer.from(request.body) });
    expect(seen[1]?.['response']).toMatchObject({ ...response, body: Buffer.from(response.body) });
    expect(toServer).toMatchObject({ response: { action: { kind: 'continue', modified_request: null } } });
    expect(toClient).toMatchObject({ response: { action: { kind: 'continue', modified_response: null } } });
  });

  it('are changed in the fields that the plugin sets', async () => {
    const changed = { headers: [{ name: 'b' }], body: bytes('new') };
    const [toServer, toClient] = await ask({ modified_request: changed, modified_response: changed });
    const same = { headers: [{ name: 'b', value: '' }], body: bytes('new') };
    expect(toServer?.response).toEqual({
      action: { kind: 'continue', modified_request: { method: 'POST', path: '/greet?q=1', ...same } },
    });
    expect(toClient?.response).toEqual({
      action: { kind: 'continue', modified_response: { status_code: 201, ...same } },
    });
  });

  it('are answered by the plugin', async () => {
    const outcomes = await ask({ action: 1, abort_response: { status_code: 403 } });
    for (const { response: answer } of outcomes) {
      expect(answer).toEqual({
        action: { kind: 'abort', response: { status_code: 403, headers: [], body: NONE } },
      });
    }
  });

  it.each([
    ['an unknown action', { action: 7 }],
    ['an abort without a response', { action: 1 }],
  ])('fall back after %s', async (_, answer) => {
    for (const outcome of await ask(answer)) {
      expect(outcome).toMatchObject({
        kind: 'fallback',
        policy: 'pass_through',
        error: { stage: 'response_decode', code: 'schema_mismatch' },
      });
    }
  });
});

describe('a stream', () => {
  it('is opened and closed without calling the plugin', async () => {
    const server = await openFaultServer();
    const plugin = await openFault(server.address);
    const peer = { host: '127.0.0.1', port: 1 };
    expect(
      await plugin.dispatch(streamOpen, { id: ID, protocol: 'tcp', client: peer, server: peer }),
    ).toMatchObject({ response: { action: { kind: 'open' }, state: null } });
    expect(
      await plugin.dispatch(streamClose, {
        id: ID,
        reason: 'ended',
        bytes_from_client: 1,
        bytes_from_server: 2,
        state: NONE,
      }),
    ).toMatchObject({ kind: 'ok' });
  });

  it('reaches the plugin in pieces of 4,096 bytes, in order, under one UUID', async () => {
    const seen: Fields[] = [];
    const pieces: Buffer[] = [];
    const plugin = await open({
      ProcessTunnelData: (message) => {
        seen.push(message);
        pieces.push(message['chunk'] as Buffer);
        return { pass_through: { chunk: message['chunk'] } };
      },
    });
    const chunk = Uint8Array.from({ length: 10_000 }, (_, at) => at);
    const sent = { ...data, side: 'server', direction: 'egress', chunk } as const;
    for (const id of [ID, 'stream 1', 'stream 1']) {
      expect(await plugin.dispatch(streamData, { ...sent, id })).toMatchObject({
        response: { action: { kind: 'pass' }, state: null },
      });
    }
    expect(pieces.map(({ length }) => length)).toEqual([
      4096, 4096, 1808, 4096, 4096, 1808, 4096, 4096, 1808,
    ]);
    expect(Buffer.concat(pieces.slice(0, 3))).toEqual(Buffer.from(chunk));
    expect(seen[0]).toMatchObject({ id: ID, side: 1, direction: 1 });
    const ids = new Set(seen.map(({ id }) => String(id)));
    expect(ids.size).toBe(2);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-[48][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it.each([
    ['pass_through without a chunk', { pass_through: {} }, { kind: 'pass' }],
    [
      'pass_through with another chunk',
      { pass_through: { chunk: bytes('HELLO') } },
      { kind: 'replace', chunk: bytes('HELLO'), held: null },
    ],
    [
      'replace',
      { replace: { modified_chunk: bytes('HELLO') } },
      { kind: 'replace', chunk: bytes('HELLO'), held: null },
    ],
    ['replace with nothing', { replace: {} }, { kind: 'replace', chunk: NONE, held: null }],
    ['buffer', { buffer: { estimated_time_to_release_ms: 20 } }, { kind: 'hold', release_ms: 20 }],
    ['buffer for no time', { buffer: {} }, { kind: 'hold', release_ms: null }],
    ['buffer for less', { buffer: { estimated_time_to_release_ms: -1 } }, { kind: 'hold', release_ms: null }],
    ['close', { close: { reason: 'no' } }, { kind: 'close', reason: 'no' }],
  ])('follows the action of the plugin: %s', async (_, answer, action) => {
    const plugin = await open({ ProcessTunnelData: () => answer });
    expect((await plugin.dispatch(streamData, data)).response).toEqual({ action, state: null });
  });

  it('ends without calling the plugin if no bytes are left', async () => {
    const server = await openFaultServer();
    const plugin = await openFault(server.address);
    const ask = async (held: Uint8Array) =>
      (await plugin.dispatch(streamData, { ...data, chunk: NONE, held, is_end: true })).response?.action;
    expect(await ask(NONE)).toEqual({ kind: 'pass' });
    expect(await ask(bytes('held'))).toEqual({ kind: 'hold', release_ms: null });
    expect(server.calls['ProcessTunnelData']).toBeUndefined();
  });
});

describe('a call falls back', () => {
  it.each([
    ['a status', { stage: 'plugin_call', code: 'guest_error' }, () => 'fails' as const],
    ['no action', { stage: 'response_decode', code: 'schema_mismatch' }, () => ({})],
    [
      'bytes that are not a message',
      { stage: 'deserialize_response', code: 'not_protobuf' },
      () => ({ [RAW]: Buffer.from([0x0a, 0x7f]) }),
    ],
    [
      'a response that is much too large',
      { stage: 'plugin_call', code: 'output_too_large' },
      () => ({ replace: { modified_chunk: Buffer.alloc(3_000_000) } }),
    ],
    [
      'a response that is slightly too large',
      { stage: 'plugin_call', code: 'output_too_large' },
      () => ({ replace: { modified_chunk: Buffer.alloc(1024 * 1024) } }),
    ],
  ])('after %s', async (_, error, run) => {
    const plugin = await open({ ProcessTunnelData: run });
    const outcome = await plugin.dispatch(streamData, data);
    expect(outcome).toMatchObject({ kind: 'fallback', policy: 'pass_through', error });
    expect(JSON.stringify(outcome)).not.toContain('secret');
    expect(await plugin.ping()).toEqual({ ok: true });
  });

  it('after too many headers', async () => {
    const plugin = await open(
      {
        ProcessHttpRequest: () => ({
          modified_request: { headers: Array.from({ length: 100 }, () => ({})) },
        }),
      },
      {},
      { limits: { deadlineMs: 20_000, outputNodes: 200 } },
    );
    expect(await plugin.dispatch(httpRequest, { id: ID, request })).toMatchObject({
      error: { stage: 'plugin_call', code: 'output_too_complex' },
    });
  });

  it('without reaching the plugin if the request is too large', async () => {
    const plugin = await open({}, {}, { limits: { deadlineMs: 20_000, requestBytes: 100 } });
    const code = 'request_too_large';
    expect(await plugin.dispatch(streamData, { ...data, chunk: new Uint8Array(101) })).toMatchObject({
      error: { code },
    });
    const large = { ...request, body: new Uint8Array(101) };
    expect(await plugin.dispatch(httpRequest, { id: ID, request: large })).toMatchObject({ error: { code } });
  });

  it('at the deadline, and the plugin sees the cancellation', async () => {
    const heard = new EventEmitter();
    const cancelled = once(heard, 'cancelled');
    const plugin = await open({
      ProcessTunnelData: (_, call) => void call.on('cancelled', () => heard.emit('cancelled')),
    });
    expect(await plugin.dispatch(streamData, data, { deadlineMs: 50 })).toMatchObject({
      error: { stage: 'plugin_call', code: 'deadline' },
    });
    await cancelled;
  });

  it('when the plugin is closed', async () => {
    const heard = new EventEmitter();
    const asked = once(heard, 'asked');
    const plugin = await open({ ProcessTunnelData: () => void heard.emit('asked') });
    const outcome = plugin.dispatch(streamData, data);
    await asked;
    await plugin.close();
    expect(await outcome).toMatchObject({ error: { stage: 'plugin_call', code: 'closed' } });
  });
});

describe('options', () => {
  it.each([
    'https://127.0.0.1:50051',
    'http://user:secret@127.0.0.1:50051',
    'http://127.0.0.1:50051/path',
    '127.0.0.1:50051',
    '',
    undefined,
  ])('refuse the address %s', (address) => {
    const refused = (): unknown => faultPlugin({ address } as never);
    expect(refused).toThrow(
      expect.objectContaining({ code: 'bad_option', message: expect.not.stringContaining('secret') }),
    );
  });

  it.each([
    { healthIntervalMs: 0 },
    { connectTimeoutMs: 1.5 },
    { reconnect: { firstMs: 10, longestMs: 5 } },
    { reconnect: { first: 10 } },
    { name: 'No Name' },
    { addresses: [] },
  ])('refuse %o', (option) => {
    expect(() => faultPlugin({ address: 'http://[::1]:50051', ...option } as never)).toThrow(
      expect.objectContaining({ code: 'bad_option' }),
    );
  });

  it('refuse a hash, because there is no file to check', async () => {
    const server = await openFaultServer();
    await expect(openFault(server.address, {}, {}, { sha256: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'hash_mismatch',
    });
  });
});
