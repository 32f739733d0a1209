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

/** A server that says what it got. */
const startReflector = async (): Promise<string> =>
  await startServer((incoming, reply) => {
    const answer = async (): Promise<void> => {
      const { method, url, headers } = incoming;
      reply.setHeader('content-type', 'application/json');
      reply.end(JSON.stringify({ method, url, headers, body: await text(incoming) }));
    };
    // What ends early is the test's matter.
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
  it('carries a request in absolute form, and what the server answers', async () => {
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

  it('reaches no address that is not public, by number or by name', async () => {
    const server = await startReflector();
    const { port } = new URL(server);
    const { request } = await openProxy([], { targets: { forbiddenNetworks: ['127.0.0.0/8', '::1/128'] } });
    expect((await request(`${server}/`)).body).toContain('target_forbidden');
    expect((await request(`http://localhost:${port}/`)).body).toContain('target_forbidden');
    expect((await request(`http://[::ffff:127.0.0.1]:${port}/`)).body).toContain('target_forbidden');
  });

  it('answers 502 where nobody listens', async () => {
    const { request } = await openProxy([]);
    const answer = await request('http://127.0.0.1:1/');
    expect([answer.status, answer.body]).toStrictEqual([502, expect.stringContaining('server_unreachable')]);
  });

  it('ends with the server that resets in the middle of its answer', async () => {
    const server = await startServer((_, reply) => {
      reply.writeHead(200, { 'content-length': '100' });
      reply.write('some', () => reply.destroy());
    });
    const { request } = await openProxy([]);
    await expect(request(`${server}/`)).rejects.toThrow(/terminated|other side closed|ECONNRESET|aborted/);
  });

  it('takes pipelined requests in order', async () => {
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

describe('a plugin made with a kit', () => {
  it('changes requests and responses', async () => {
    const server = await startReflector();
    const { request } = await openProxy([
      { source: readExamplePlugin('echo'), load: { config: { mark: 'me' } } },
    ]);
    const answer = await request(`${server}/`);
    expect(answer.headers['x-seen-by']).toBe('me');
    expect(reflected(answer.body).headers['x-seen-by']).toBe('me');
  });

  it('answers a request itself, and gives a response another answer', async () => {
    const server = await startServer((_, reply) => {
      reply.writeHead(418).end('short and stout');
    });
    const { request } = await openProxy([{ source: readExamplePlugin('echo') }]);
    const echoed = await request(`${server}/echo`, { method: 'POST', body: 'Grüße' });
    expect([echoed.status, echoed.body]).toStrictEqual([200, 'Grüße']);
    const replaced = await request(`${server}/tea`);
    expect([replaced.status, replaced.body]).toStrictEqual([503, 'no tea here\n']);
  });

  it('sees what the one before it made', async () => {
    const server = await startReflector();
    const source = readExamplePlugin('echo');
    const { request } = await openProxy([
      { source, load: { config: { mark: 'first' } } },
      { source, load: { config: { mark: 'second' } } },
    ]);
    const answer = await request(`${server}/`);
    expect(reflected(answer.body).headers['x-seen-by']).toBe('first, second');
  });

  it('gives a HEAD no body and keeps its length', async () => {
    const server = await startServer((_, reply) => {
      reply.writeHead(200, { 'content-length': '12' }).end();
    });
    const { request } = await openProxy([{ source: readExamplePlugin('echo') }]);
    const answer = await request(`${server}/`, { method: 'HEAD' });
    expect([answer.status, answer.headers['content-length'], answer.body]).toStrictEqual([200, '12', '']);
  });

  it('does not see a body that is too large, which passes', async () => {
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

  it('passes as it comes, with the headers of plugins', async () => {
    const server = await startEvents();
    const { socket } = await openProxy([{ source: readExamplePlugin('echo') }]);
    const client = await socket();
    client.write(`GET ${server}/ HTTP/1.1\r\nHost: any\r\n\r\n`);
    expect(await readUntil(client, 'data: 1')).toContain('x-seen-by: echo');
  });

  it('does not pass a guard', async () => {
    const server = await startEvents();
    const { request } = await openProxy([{ source: readExamplePlugin('echo'), isGuard: true }]);
    expect((await request(`${server}/`)).body).toContain('answer_too_large');
  });
});

describe('what a plugin answers', () => {
  const header = (name: string, value: string) => [{ name, value }];
  it.each([
    ['a status below 200', { ...RESPONSE, status_code: 101 }],
    ['a status above 599', { ...RESPONSE, status_code: 1000 }],
    ['a status of zero', { ...RESPONSE, status_code: 0 }],
    ['a header that splits the message', { ...RESPONSE, headers: header('a', 'b\r\nc: d') }],
    ['a name that splits the message', { ...RESPONSE, headers: header('a: b\r\nc', 'd') }],
    ['a header beyond latin1', { ...RESPONSE, headers: header('a', '\u0141') }],
    ['a NUL', { ...RESPONSE, headers: header('a', '\0') }],
    [
      'too many headers',
      { ...RESPONSE, headers: Array.from({ length: 300 }, () => header('a', 'b')).flat() },
    ],
  ])('is refused with 502: %s', async (_, response) => {
    const server = await startReflector();
    const source = await answeringPlugin(httpRequest, { action: { kind: 'abort', response } });
    const { request } = await openProxy([{ source }]);
    const answer = await request(`${server}/`);
    expect([answer.status, answer.body]).toStrictEqual([502, expect.stringContaining('plugin_refused')]);
    expect(answer.headers).not.toHaveProperty('c');
  });

  it.each([
    ['a path that splits the message', { path: '/ HTTP/1.1\r\nx: y' }],
    ['a target in absolute form', { path: 'http://other/' }],
    ['a method that is none', { method: 'GET /' }],
    ['a CONNECT', { method: 'CONNECT' }],
    ['a header that splits the message', { headers: header('a', 'b\nc: d') }],
  ])('is refused with 502 as a request: %s', async (_, part) => {
    const server = await startReflector();
    const modified_request = { method: 'GET', path: '/', headers: [], body: bytes(''), ...part };
    const source = await answeringPlugin(httpRequest, { action: { kind: 'continue', modified_request } });
    const { request } = await openProxy([{ source }]);
    expect((await request(`${server}/`)).body).toContain('plugin_refused');
  });

  it('cannot frame the message: lengths and codings are the proxy’s', async () => {
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
  ])('has no body %s', async (_, method, status_code) => {
    const server = await startReflector();
    const response = { ...RESPONSE, status_code };
    const source = await answeringPlugin(httpRequest, { action: { kind: 'abort', response } });
    const { request } = await openProxy([{ source }]);
    const answer = await request(`${server}/`, { method: method as 'GET' });
    expect([answer.status, answer.body]).toStrictEqual([status_code, '']);
  });
});

describe('a plugin that gives no answer', () => {
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

  it.each(FAILURES)('fails the request if it guards: $code', async (failure) => {
    const alongside = guardedInterceptFunctions.filter((contract) => contract !== guardedHttpRequest);
    const source = await failingPlugin(guardedHttpRequest, failure, { alongside });
    const { request } = await openProxy([{ source, isGuard: true }]);
    const answer = await request('http://127.0.0.1:1/');
    expect([answer.status, answer.body]).toStrictEqual([502, expect.stringContaining('plugin_failed')]);
  });

  it('fails the request if it guards and is away', async () => {
    const { plugins, request } = await openProxy([{ source: readExamplePlugin('echo'), isGuard: true }]);
    await plugins[0]?.handle.close();
    expect((await request('http://127.0.0.1:1/')).body).toContain('plugin_failed');
  });

  it('lets no body pass that is too large for a guard', async () => {
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
