import { text } from 'node:stream/consumers';

import { answeringPlugin, failingPlugin } from '@plugwire/testing';
import {
  guardedHttpRequest,
  guardedInterceptFunctions,
  httpRequest,
  httpResponse,
  interceptFunctions,
} from '@plugwire/wire/intercept';
import { describe, expect, it } from 'vitest';

import { readExamplePlugin } from './proxy-plugins.ts';
import { openProxy, readAll, readUntil, startServer } from './testing/proxy-test.ts';

const bytes = (value: string): Uint8Array => new TextEncoder().encode(value);

/** Starts a server that returns each request as JSON. */
const startReflector = async (): Promise<string> =>
  await startServer((incoming, reply) => {
    const answer = async (): Promise<void> => {
      const { method, url, headers } = incoming;
      reply.setHeader('content-type', 'application/json');
      reply.end(JSON.stringify({ method, url, headers, body: await text(incoming) }));
    };
    // The request ended early, so there is nothing to answer.
    answer().catch(() => reply.destroy());
  });

interface Reflected {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}
const reflected = (body: string): Reflected => JSON.parse(body) as Reflected;

const RESPONSE = { status_code: 200, headers: [], body: bytes('from the plugin') };

describe('the forward proxy', () => {
  it('forwards a request in absolute form, and the response', async () => {
    const server = await startReflector();
    const { request } = await openProxy([]);
    const answer = await request(`${server}/a?b=c`, { method: 'POST', body: 'hello' });
    expect(answer.status).toBe(200);
    expect(reflected(answer.body)).toMatchObject({ method: 'POST', url: '/a?b=c', body: 'hello' });
    expect(reflected(answer.body).headers).toMatchObject({ host: new URL(server).host, via: '1.1 plugwire' });
  });

  it.each(['/path', 'https://example.com/', 'ftp://example.com/', 'http:///', 'http://a:b@host/', '*'])(
    'refuses the target %s',
    async (target) => {
      const { socket } = await openProxy([]);
      const client = await socket();
      client.end(`GET ${target} HTTP/1.1\r\nHost: example.com\r\nConnection: close\r\n\r\n`);
      expect(await readAll(client)).toContain('400 Bad Request');
    },
  );

  it('refuses addresses that are not public, by number and by name', async () => {
    const server = await startReflector();
    const { port } = new URL(server);
    const { request } = await openProxy([], { targets: { forbiddenNetworks: ['127.0.0.0/8', '::1/128'] } });
    expect((await request(`${server}/`)).body).toContain('target_forbidden');
    expect((await request(`http://localhost:${port}/`)).body).toContain('target_forbidden');
    expect((await request(`http://[::ffff:127.0.0.1]:${port}/`)).body).toContain('target_forbidden');
  });

  it('answers 502 if the server does not listen', async () => {
    const { request } = await openProxy([]);
    const answer = await request('http://127.0.0.1:1/');
    expect([answer.status, answer.body]).toStrictEqual([502, expect.stringContaining('server_unreachable')]);
  });

  it('closes the connection if the server resets during its response', async () => {
    const server = await startServer((_, reply) => {
      reply.writeHead(200, { 'content-length': '100' });
      reply.write('some', () => reply.destroy());
    });
    const { request } = await openProxy([]);
    await expect(request(`${server}/`)).rejects.toThrow(/terminated|other side closed|ECONNRESET|aborted/);
  });

  it('answers pipelined requests in order', async () => {
    const server = await startReflector();
    const { socket } = await openProxy([{ source: readExamplePlugin('echo') }]);
    const client = await socket();
    const { host } = new URL(server);
    client.write(
      `GET ${server}/1 HTTP/1.1\r\nHost: ${host}\r\n\r\nGET ${server}/2 HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    );
    const got = await readAll(client);
    expect(got.indexOf('"/1"')).toBeGreaterThan(0);
    expect(got.indexOf('"/2"')).toBeGreaterThan(got.indexOf('"/1"'));
  });
});

describe('a plugin written with a kit', () => {
  it('changes requests and responses', async () => {
    const server = await startReflector();
    const { request } = await openProxy([
      { source: readExamplePlugin('echo'), load: { config: { mark: 'me' } } },
    ]);
    const answer = await request(`${server}/`);
    expect(answer.headers['x-seen-by']).toBe('me');
    expect(reflected(answer.body).headers['x-seen-by']).toBe('me');
  });

  it('can answer a request itself, and replace a response', async () => {
    const server = await startServer((_, reply) => {
      reply.writeHead(418).end('short and stout');
    });
    const { request } = await openProxy([{ source: readExamplePlugin('echo') }]);
    const echoed = await request(`${server}/echo`, { method: 'POST', body: 'Grüße' });
    expect([echoed.status, echoed.body]).toStrictEqual([200, 'Grüße']);
    const replaced = await request(`${server}/tea`);
    expect([replaced.status, replaced.body]).toStrictEqual([503, 'no tea here\n']);
  });

  it('sees the message of the plugin before it', async () => {
    const server = await startReflector();
    const source = readExamplePlugin('echo');
    const { request } = await openProxy([
      { source, load: { config: { mark: 'first' } } },
      { source, load: { config: { mark: 'second' } } },
    ]);
    const answer = await request(`${server}/`);
    expect(reflected(answer.body).headers['x-seen-by']).toBe('first, second');
  });

  it('leaves the response to a HEAD without a body, and keeps its content-length', async () => {
    const server = await startServer((_, reply) => {
      reply.writeHead(200, { 'content-length': '12' }).end();
    });
    const { request } = await openProxy([{ source: readExamplePlugin('echo') }]);
    const answer = await request(`${server}/`, { method: 'HEAD' });
    expect([answer.status, answer.headers['content-length'], answer.body]).toStrictEqual([200, '12', '']);
  });

  it('does not see a body that is too large; the body is streamed', async () => {
    const server = await startReflector();
    const { request } = await openProxy([{ source: readExamplePlugin('echo') }], {
      limits: { shownBodyBytes: 1000 },
    });
    const answer = await request(`${server}/`, { method: 'POST', body: 'x'.repeat(100_000) });
    expect(reflected(answer.body).body).toHaveLength(100_000);
  });
});

describe('a stream of events', () => {
  const startEvents = async (): Promise<string> =>
    await startServer((_, reply) => {
      reply.writeHead(200, { 'content-type': 'text/event-stream' });
      reply.write('data: 1\n\n');
    });

  it('is streamed, with the headers that plugins add', async () => {
    const server = await startEvents();
    const { socket } = await openProxy([{ source: readExamplePlugin('echo') }]);
    const client = await socket();
    client.write(`GET ${server}/ HTTP/1.1\r\nHost: any\r\n\r\n`);
    expect(await readUntil(client, 'data: 1')).toContain('x-seen-by: echo');
  });

  it('is refused if there is a guard', async () => {
    const server = await startEvents();
    const { request } = await openProxy([{ source: readExamplePlugin('echo'), isGuard: true }]);
    expect((await request(`${server}/`)).body).toContain('answer_too_large');
  });
});

describe('a response of a plugin', () => {
  const header = (name: string, value: string) => [{ name, value }];
  it.each([
    ['a status below 200', { ...RESPONSE, status_code: 101 }],
    ['a status above 599', { ...RESPONSE, status_code: 1000 }],
    ['a status of zero', { ...RESPONSE, status_code: 0 }],
    ['a line break in a header', { ...RESPONSE, headers: header('a', 'b\r\nc: d') }],
    ['a line break in the name of a header', { ...RESPONSE, headers: header('a: b\r\nc', 'd') }],
    ['a header that is not latin1', { ...RESPONSE, headers: header('a', '\u0141') }],
    ['a NUL in a header', { ...RESPONSE, headers: header('a', '\0') }],
    [
      'too many headers',
      { ...RESPONSE, headers: Array.from({ length: 300 }, () => header('a', 'b')).flat() },
    ],
  ])('is refused with 502 if it has %s', async (_, response) => {
    const server = await startReflector();
    const source = await answeringPlugin(httpRequest, { action: { kind: 'abort', response } });
    const { request } = await openProxy([{ source }]);
    const answer = await request(`${server}/`);
    expect([answer.status, answer.body]).toStrictEqual([502, expect.stringContaining('plugin_refused')]);
    expect(answer.headers).not.toHaveProperty('c');
  });

  it.each([
    ['a line break in the path', { path: '/ HTTP/1.1\r\nx: y' }],
    ['a target in absolute form', { path: 'http://other/' }],
    ['an invalid method', { method: 'GET /' }],
    ['the method CONNECT', { method: 'CONNECT' }],
    ['a line break in a header', { headers: header('a', 'b\nc: d') }],
  ])('is refused with 502 if its request has %s', async (_, part) => {
    const server = await startReflector();
    const modified_request = { method: 'GET', path: '/', headers: [], body: bytes(''), ...part };
    const source = await answeringPlugin(httpRequest, { action: { kind: 'continue', modified_request } });
    const { request } = await openProxy([{ source }]);
    expect((await request(`${server}/`)).body).toContain('plugin_refused');
  });

  it('cannot set content-length and transfer-encoding', async () => {
    const server = await startReflector();
    const headers = [...header('content-length', '999'), ...header('transfer-encoding', 'chunked')];
    const response = { ...RESPONSE, headers };
    const source = await answeringPlugin(httpResponse, { action: { kind: 'abort', response } });
    const { request } = await openProxy([{ source }]);
    const answer = await request(`${server}/`);
    expect([answer.headers['content-length'], answer.body]).toStrictEqual(['15', 'from the plugin']);
    expect(answer.headers['transfer-encoding']).toBeUndefined();
  });

  it.each([
    ['to a HEAD', 'HEAD', 200],
    ['in a 204', 'GET', 204],
    ['in a 304', 'GET', 304],
  ])('is sent without its body %s', async (_, method, status_code) => {
    const server = await startReflector();
    const response = { ...RESPONSE, status_code };
    const source = await answeringPlugin(httpRequest, { action: { kind: 'abort', response } });
    const { request } = await openProxy([{ source }]);
    const answer = await request(`${server}/`, { method: method as 'GET' });
    expect([answer.status, answer.body]).toStrictEqual([status_code, '']);
  });
});

describe('a plugin that fails', () => {
  const FAILURES = [
    { stage: 'plugin_call', code: 'unreachable' },
    { stage: 'plugin_call', code: 'deadline' },
    { stage: 'plugin_call', code: 'output_too_large' },
    { stage: 'deserialize_response', code: 'empty_output' },
    { stage: 'deserialize_response', code: 'not_json' },
    { stage: 'response_decode', code: 'schema_mismatch' },
  ] as const;

  it.each(FAILURES)('is skipped: $code', async (failure) => {
    const server = await startReflector();
    const alongside = interceptFunctions.filter((contract) => contract !== httpRequest);
    const source = await failingPlugin(httpRequest, failure, { alongside });
    const { request } = await openProxy([{ source }, { source: readExamplePlugin('echo') }]);
    const answer = await request(`${server}/`);
    expect(reflected(answer.body).headers['x-seen-by']).toBe('echo');
  });

  it.each(FAILURES)('fails the request if it is a guard: $code', async (failure) => {
    const alongside = guardedInterceptFunctions.filter((contract) => contract !== guardedHttpRequest);
    const source = await failingPlugin(guardedHttpRequest, failure, { alongside });
    const { request } = await openProxy([{ source, isGuard: true }]);
    const answer = await request('http://127.0.0.1:1/');
    expect([answer.status, answer.body]).toStrictEqual([502, expect.stringContaining('plugin_failed')]);
  });

  it('fails the request if it is a guard and is closed', async () => {
    const { plugins, request } = await openProxy([{ source: readExamplePlugin('echo'), isGuard: true }]);
    await plugins[0]?.handle.close();
    expect((await request('http://127.0.0.1:1/')).body).toContain('plugin_failed');
  });

  it('fails requests and responses with bodies that are too large for a guard', async () => {
    const server = await startReflector();
    const { request } = await openProxy([{ source: readExamplePlugin('echo'), isGuard: true }], {
      limits: { shownBodyBytes: 10 },
    });
    const answer = await request(`${server}/`, { method: 'POST', body: 'more than ten bytes' });
    expect(answer.status).toBe(413);
    const large = await request(`${server}/`);
    expect([large.status, large.body]).toStrictEqual([502, expect.stringContaining('answer_too_large')]);
  });
});
