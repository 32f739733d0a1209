import { once } from 'node:events';

import { describe, expect, it, onTestFinished } from 'vitest';

import {
  openBalancer,
  readAll,
  reflect,
  reflected,
  startUnusedUpstream,
  startUpstream,
  untilReceived,
} from './testing/balancer-test.ts';

const bytes = Buffer.from(Array.from({ length: 70_000 }, (_, at) => at % 256));

describe('a request', () => {
  it.each([
    ['in memory', bytes.length],
    ['as a stream', 100],
  ])('reaches the upstream unchanged, with its binary body %s', async (_, shownBodyBytes) => {
    const test = await openBalancer([await startUpstream(reflect)], {}, { shownBodyBytes });
    for (const isChunked of [false, true]) {
      const body = isChunked
        ? (async function* () {
            yield bytes;
          })()
        : bytes;
      const got = reflected(
        await test.request({
          method: 'POST',
          path: '/a?b=%20&c',
          headers: { 'x-a': ['1', '2'] },
          body: body as Buffer,
        }),
      );
      expect(Buffer.from(got.body, 'latin1').equals(bytes)).toBe(true);
      expect(got).toMatchObject({ method: 'POST', url: '/a?b=%20&c' });
      expect(got.rawHeaders.join('|')).toContain('x-a|1|x-a|2');
      const hasLength = got.rawHeaders.includes('content-length');
      expect(hasLength).toBe(!isChunked || shownBodyBytes > 100);
    }
  });

  it('loses the headers of its connection and the headers that the balancer sets', async () => {
    const test = await openBalancer([await startUpstream(reflect)]);
    const socket = await test.socket();
    socket.write(
      'GET / HTTP/1.1\r\nhost: evil\r\nconnection: close, x-listed\r\nx-listed: evil\r\nproxy-authorization: evil\r\n' +
        'te: evil\r\nx-forwarded-for: evil\r\nx-request-id: evil\r\nkeep-alive: evil\r\nvia: 1.0 before\r\nx-kept: yes\r\n\r\n',
    );
    const got = await readAll(socket);
    expect(got).not.toContain('evil');
    expect(got).toContain('"x-kept","yes"');
    expect(got).toContain('"via","1.0 before, 1.1 plugwire-balancer"');
    expect(got).toContain('"x-forwarded-for","127.0.0.1"');
  });

  it.each([
    ['the method TRACE', 'TRACE / HTTP/1.1\r\nhost: x\r\n\r\n', 405, 'method_refused'],
    ['the method CONNECT', 'CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n', 405, ''],
    ['an absolute URL', 'GET http://x/ HTTP/1.1\r\nhost: x\r\n\r\n', 400, 'bad_request_target'],
    ['another origin as its target', 'GET //evil HTTP/1.1\r\nhost: x\r\n\r\n', 400, 'bad_request_target'],
    ['* as its target', 'OPTIONS * HTTP/1.1\r\nhost: x\r\n\r\n', 400, 'bad_request_target'],
    ['a backslash in its target', 'GET /\\evil HTTP/1.1\r\nhost: x\r\n\r\n', 400, 'bad_request_target'],
    [
      'an upgrade',
      'GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n',
      501,
      'upgrade_refused',
    ],
    [
      'an unknown expectation',
      'POST / HTTP/1.1\r\nhost: x\r\nexpect: evil\r\ncontent-length: 1\r\n\r\n',
      417,
      'expectation_refused',
    ],
    [
      'too many headers',
      `GET / HTTP/1.1\r\nhost: x\r\n${'a: b\r\n'.repeat(201)}\r\n`,
      431,
      'too_many_headers',
    ],
    ['headers that are too large', `GET / HTTP/1.1\r\nhost: x\r\na: ${'b'.repeat(20_000)}\r\n\r\n`, 431, ''],
    ['an invalid request line', 'evil evil evil\r\n\r\n', 400, ''],
    [
      'two lengths',
      'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      400,
      '',
    ],
    [
      'a transfer coding other than chunked',
      'POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
      501,
      'transfer_coding_refused',
    ],
    ['two different hosts', 'GET / HTTP/1.1\r\nhost: x\r\nHost: evil\r\n\r\n', 400, 'bad_host'],
    ['the same host twice', 'GET / HTTP/1.1\r\nhost: x\r\nhost: x\r\n\r\n', 400, 'bad_host'],
    ['no host', 'GET / HTTP/1.1\r\n\r\n', 400, ''],
    ['headers that never end', 'GET / HTTP/1.1\r\nhost: x\r\n', 408, ''],
  ])('is refused if it has %s', async (_, text, status, code) => {
    const upstream = await startUnusedUpstream();
    const soon = { clientHeadersMs: 50, clientRequestMs: 50 };
    const test = await openBalancer([upstream], {}, status === 408 ? soon : {});
    const socket = await test.socket();
    socket.write(text);
    const got = await readAll(socket);
    expect(got).toContain(`HTTP/1.1 ${status} `);
    expect(got).toContain(code);
  });

  it('closes the connection if it is a CONNECT, even if the client does not', async () => {
    const test = await openBalancer([await startUpstream(reflect)]);
    const socket = await test.socket({ allowHalfOpen: true });
    socket.write('CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket.resume(), 'end');
    // If the other side has closed, a write is answered with a reset, and the next write fails.
    const writing = setInterval(() => socket.write('x'), 1);
    onTestFinished(() => clearInterval(writing));
    const lost = { code: expect.stringMatching(/EPIPE|ECONNRESET/) };
    await expect(once(socket, 'close')).rejects.toMatchObject(lost);
  });

  it('aborts earlier requests of its connection if it is a CONNECT, and the balancer can still close', async () => {
    const arrived: (() => void)[] = [];
    const waiting = new Promise<void>((resolve) => arrived.push(resolve));
    const test = await openBalancer([await startUpstream(() => arrived[0]?.())]);
    const socket = await test.socket({ allowHalfOpen: true });
    let got = '';
    socket.on('data', (chunk) => {
      got += chunk.toString();
    });
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await waiting;
    socket.write('CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n');
    await once(socket, 'end');
    expect(got).toBe('');
    await test.balancer.close();
    expect(await test.metrics.value('balancer_responses_total', { status: 'aborted' })).toBe(1);
  });

  it('gets one 100 Continue from the balancer if it expects 100-continue', async () => {
    const test = await openBalancer([await startUpstream(reflect)]);
    const socket = await test.socket();
    socket.write(
      'POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\nconnection: close\r\ncontent-length: 4\r\n\r\n',
    );
    expect(await untilReceived(socket, '\r\n\r\n')).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write('body');
    const got = await readAll(socket);
    expect(got).toContain('"body":"body"');
    expect(got).not.toContain('100 Continue');
    expect(got).not.toContain('expect');
  });

  it('can be pipelined, and responses keep their order', async () => {
    const held: (() => void)[] = [];
    const upstream = await startUpstream((incoming, reply) => {
      held.push(() => reply.end(incoming.url));
      // The last one is answered first.
      if (held.length === 3) for (const answer of held.toReversed()) answer();
    });
    const test = await openBalancer([upstream]);
    const socket = await test.socket();
    socket.write('GET /1 HTTP/1.1\r\nhost: x\r\n\r\nGET /2 HTTP/1.1\r\nhost: x\r\n\r\n');
    socket.write('GET /3 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    expect(await readAll(socket)).toMatch(/\n\/1H.*\n\/2H.*\n\/3$/s);
  });

  it('ends its connection if too many requests are pipelined', async () => {
    const upstream = await startUpstream(() => {});
    const test = await openBalancer([upstream], {}, { pipelinedRequests: 2 });
    const socket = await test.socket();
    socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(100));
    expect(await readAll(socket)).toBe('');
    await test.balancer.close();
    expect(await test.metrics.value('balancer_responses_total', { status: 'aborted' })).toBe(2);
    const line = { requests: 2, msg: 'connection ended: too many requests at once' };
    expect(test.logs.lines({ target: 'balancer' })).toMatchObject([line]);
  });

  it('is cancelled at the upstream when the client disconnects, with all pipelined requests', async () => {
    let seen = 0;
    const closed: Promise<unknown>[] = [];
    const arrived: (() => void)[] = [];
    const both = new Promise<void>((resolve) => arrived.push(resolve));
    const upstream = await startUpstream((incoming) => {
      seen += 1;
      closed.push(once(incoming.socket, 'close'));
      if (seen === 2) arrived[0]?.();
    });
    const test = await openBalancer([upstream]);
    const socket = await test.socket();
    socket.write('GET /1 HTTP/1.1\r\nhost: x\r\n\r\nGET /2 HTTP/1.1\r\nhost: x\r\n\r\n');
    await both;
    socket.destroy();
    await Promise.all(closed);
    await test.balancer.close();
    expect(await test.metrics.value('balancer_responses_total', { status: 'aborted' })).toBe(2);
    expect(test.logs.lines({ target: 'balancer' })).toEqual([]);
  });

  it('is not sent if its body ends early, or is cut off at the upstream if the body is streamed', async () => {
    const early = 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nonly this';
    const holding = await openBalancer([await startUnusedUpstream()]);
    const held = await holding.socket();
    held.end(early);
    await once(held.resume(), 'close');
    await holding.balancer.close();

    const cut: Promise<unknown>[] = [];
    const upstream = await startUpstream((incoming) => {
      cut.push(new Promise((resolve) => incoming.on('error', () => {}).once('close', resolve)));
      streamed.destroy();
    });
    const streaming = await openBalancer([upstream], {}, { shownBodyBytes: 4 });
    const streamed = await streaming.socket();
    streamed.write(early);
    await once(streamed, 'close');
    await streaming.balancer.close();
    await Promise.all(cut);
    expect(cut).toHaveLength(1);
  });
});
