import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest } from 'node:http';

import { describe, expect, it } from 'vitest';

import {
  CONNECTION_LOST,
  nobody,
  openBalancer,
  readAll,
  reflect,
  reflected,
  startRawUpstream,
  startUnusedUpstream,
  startUpstream,
  untilReceived,
  untilUnchanged,
} from './testing/balancer-test.ts';

describe('a response', () => {
  it('keeps repeated headers, and loses the headers of its connection', async () => {
    const upstream = await startUpstream((_, reply) => {
      reply.writeHead(200, [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['x-latin', '\u00FF'],
        ['connection', 'x-listed, close'],
        ['x-listed', 'gone'],
        ['proxy-authenticate', 'gone'],
        ['x-request-id', 'gone'],
      ] as never);
      reply.end('whole');
    });
    const test = await openBalancer([upstream]);
    const answer = await test.request({});
    expect(answer.headers['set-cookie']).toEqual(['a=1', 'b=2']);
    expect(answer.headers['x-latin']).toBe('\u00FF');
    expect(JSON.stringify(answer.headers)).not.toContain('gone');
    expect(answer.headers['connection']).toBe('keep-alive');
    expect(answer.body.toString()).toBe('whole');
  });

  it.each([
    ['HEAD', 'HEAD', 200, '7'],
    ['204', 'GET', 204, undefined],
    ['304', 'GET', 304, '7'],
  ] as const)('has no body: %s', async (_, method, status, length) => {
    const upstream = await startRawUpstream((socket) => {
      const lengthLine = status === 204 ? '' : 'content-length: 7\r\n';
      socket.write(`HTTP/1.1 ${status} X\r\n${lengthLine}x-kept: yes\r\n\r\n`);
    });
    const test = await openBalancer([upstream]);
    const socket = await test.socket();
    socket.write(`${method} / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    const got = await readAll(socket);
    expect(got).toContain(`HTTP/1.1 ${status} `);
    expect(got).toContain('x-kept: yes');
    expect(got.endsWith('\r\n\r\n')).toBe(true);
    expect(got).not.toMatch(/transfer-encoding/i);
    expect(/content-length: (\d+)/i.exec(got)?.[1]).toBe(length);
  });

  it('may follow interim responses, which are forwarded', async () => {
    const upstream = await startRawUpstream((socket) => {
      socket.write(
        'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\r\n',
      );
      socket.write('HTTP/1.1 199 Odd\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
    });
    const test = await openBalancer([upstream]);
    const infos: number[] = [];
    const request = httpRequest(test.balancer.origin).on('information', ({ statusCode }) =>
      infos.push(statusCode),
    );
    request.end();
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    await once(answer.resume(), 'end');
    expect(infos).toEqual([102, 103]);
  });

  it('ends with its trailers for clients that accept them', async () => {
    const upstream = await startUpstream((_, reply) => {
      reply.writeHead(200, { trailer: 'x-sum, set-cookie' });
      reply.write('body');
      reply.addTrailers({ 'x-sum': '1', 'set-cookie': 'evil=1' });
      reply.end();
    });
    const test = await openBalancer([upstream]);
    expect((await test.request({ headers: { te: 'trailers' } })).trailers).toEqual({ 'x-sum': '1' });
    expect((await test.request({})).trailers).toEqual({});
  });

  it('that ends early destroys the connection of the client', async () => {
    for (const head of ['content-length: 100\r\n', 'transfer-encoding: chunked\r\n']) {
      const part = head.startsWith('content') ? 'part' : '4\r\npart\r\n';
      const upstream = await startRawUpstream((socket) =>
        socket.end(`HTTP/1.1 200 OK\r\n${head}\r\n${part}`),
      );
      const test = await openBalancer([upstream]);
      await expect(test.request({})).rejects.toMatchObject(CONNECTION_LOST);
      await test.balancer.close();
      const count = { status: 'aborted', failure: 'upstream_failed' };
      expect(await test.metrics.value('balancer_responses_total', count)).toBe(1);
    }
  });

  it.each([
    ['ends before it answers', '', 502, 'upstream_failed'],
    ['answers nonsense', 'evil evil\r\n\r\n', 502, 'upstream_failed'],
    [
      'switches protocols unasked',
      'HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      502,
      'upstream_failed',
    ],
    [
      'says unasked that it may go on',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil',
      502,
      'upstream_failed',
    ],
    [
      'codes its answer within the chunks',
      'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n4\r\nevil\r\n0\r\n\r\n',
      502,
      'upstream_failed',
    ],
    ['ends within an error', 'HTTP/1.1 500 X\r\ncontent-length: 9\r\n\r\nevil', 502, 'upstream_failed'],
  ])('comes from the balancer if an upstream %s', async (_, text, status, code) => {
    let requests = 0;
    const bad = await startRawUpstream((socket) => {
      requests += 1;
      socket.end(text);
    });
    const test = await openBalancer([bad, await startUnusedUpstream(2)]);
    const answer = await test.request({});
    expect([answer.status, answer.error().code, requests]).toEqual([status, code, 1]);
    expect(answer.body.toString() + test.logs.text()).not.toContain('evil');
  });

  it('is a 504 if the upstream never responds', async () => {
    const test = await openBalancer([await startRawUpstream(() => {})], {}, { upstreamHeadersMs: 50 });
    expect((await test.request({})).error().code).toBe('upstream_timeout');
  });

  it('is a 504 if the upstream sends interim responses forever', async () => {
    const upstream = await startRawUpstream((socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 10);
      socket.once('close', () => clearInterval(timer));
    });
    const test = await openBalancer([upstream], {}, { upstreamHeadersMs: 50 });
    expect((await test.request({})).error().code).toBe('upstream_timeout');
  });

  describe('of an upstream whose only connection is taken', () => {
    const open = async () => {
      const upstream = await startRawUpstream((socket) =>
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart'),
      );
      const test = await openBalancer([upstream], {}, { upstreamConnections: 1, upstreamHeadersMs: 500 });
      const first = await test.socket();
      first.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
      await untilReceived(first, 'part');
      return test;
    };

    it('is a 504', async () => {
      const test = await open();
      expect((await test.request({})).error().code).toBe('upstream_timeout');
    });

    it('is cancelled when the client disconnects', async () => {
      const test = await open();
      const second = await test.socket();
      second.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
      await untilUnchanged(() => second.bytesWritten);
      second.destroy();
      const count = { status: 'aborted', failure: 'none' };
      const aborted = async () => await test.metrics.value('balancer_responses_total', count);
      await expect.poll(aborted, { timeout: 400 }).toBe(1);
    });
  });

  it('drops interim responses for a client that does not read', async () => {
    const HINT = `HTTP/1.1 103 Early Hints\r\nlink: </${'a'.repeat(8000)}>; rel=preload\r\n\r\n`;
    const HINTS = 2000;
    let sent = 0;
    const upstream = await startRawUpstream((socket) => {
      const write = (): void => {
        while (sent < HINTS) {
          sent += 1;
          if (!socket.write(HINT)) return void socket.once('drain', write);
        }
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok', () => {
          whole();
        });
      };
      write();
    });
    let whole: () => void = () => {};
    const answered = new Promise<void>((resolve) => (whole = resolve));
    const test = await openBalancer([upstream]);
    const socket = await test.socket();
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    await answered;
    const all = readAll(socket);
    socket.resume();
    const got = await all;
    expect(got.endsWith('ok')).toBe(true);
    // What fits the buffers of the system is passed on; sixteen megabytes do not.
    expect(got.length).toBeLessThan((HINTS * HINT.length) / 2);
  });

  it('that stalls destroys the connection of the client', async () => {
    const upstream = await startRawUpstream((socket) =>
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\npart'),
    );
    const test = await openBalancer([upstream], {}, { upstreamIdleMs: 50 });
    await expect(test.request({})).rejects.toMatchObject(CONNECTION_LOST);
  });

  it('is streamed: each piece arrives before the next one is sent', async () => {
    const next: (() => void)[] = [];
    const upstream = await startUpstream((_, reply) => {
      const pieces = ['one', 'two', 'three'];
      const write = (): void => {
        const piece = pieces.shift();
        if (piece === undefined) reply.end();
        else reply.write(piece);
      };
      next.push(write);
      write();
    });
    const test = await openBalancer([upstream]);
    const socket = await test.socket();
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    for (const piece of ['one', 'two', 'three']) {
      await untilReceived(socket, piece);
      next[0]?.();
    }
    expect(await readAll(socket)).toContain('0\r\n\r\n');
  });

  it('to a client that does not read is not buffered in memory', async () => {
    const CHUNK = Buffer.alloc(1 << 20);
    const CHUNKS = 64;
    let written = 0;
    let hasBegun: () => void = () => {};
    const begun = new Promise<void>((resolve) => (hasBegun = resolve));
    const upstream = await startUpstream((_, reply) => {
      const write = (): void => {
        hasBegun();
        while (written < CHUNKS) {
          written += 1;
          if (!reply.write(CHUNK)) return void reply.once('drain', write);
        }
        reply.end();
      };
      write();
    });
    const test = await openBalancer([upstream]);
    const socket = await test.socket();
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
    await begun;
    await untilUnchanged(() => written);
    expect(written).toBeLessThan(CHUNKS);
    let got = 0;
    socket.on('data', (chunk) => (got += chunk.length)).resume();
    await once(socket, 'close');
    expect(got).toBeGreaterThan(CHUNKS * CHUNK.length);
  });

  it('leaves the connection open for the next request', async () => {
    const test = await openBalancer([await startUpstream(reflect)]);
    const socket = await test.socket();
    for (let at = 0; at < 3; at += 1) {
      socket.write(`GET /${at} HTTP/1.1\r\nhost: x\r\n\r\n`);
      expect(await untilReceived(socket, `/${at}`)).toContain('200 OK');
    }
  });
});

describe('an upstream that cannot be reached', () => {
  it('is skipped for every method, and the next upstream gets the body', async () => {
    const test = await openBalancer([nobody(1), await startUpstream(reflect, 2)]);
    for (let at = 0; at < 4; at += 1) {
      expect(reflected(await test.request({ method: 'POST', body: 'asked' })).body).toBe('asked');
    }
    const count = { upstream: 'upstream-1', result: 'upstream_unreachable' };
    expect(await test.metrics.value('balancer_upstream_requests_total', count)).toBe(2);
  });

  it('leads to a 502 for a streamed body, and if there is no other upstream', async () => {
    const test = await openBalancer([nobody(1)], {}, { shownBodyBytes: 4 });
    for (const body of ['asked', 'ask']) {
      const answer = await test.request({ method: 'POST', body });
      expect([answer.status, answer.error().code]).toEqual([502, 'upstream_unreachable']);
    }
  });
});

describe('close', () => {
  it('stops accepting requests, and lets a running request end with "connection: close"', async () => {
    let finish: () => void = () => {};
    let hasArrived: () => void = () => {};
    const arrived = new Promise<void>((resolve) => (hasArrived = resolve));
    const upstream = await startUpstream((_, reply) => {
      finish = () => reply.end('whole');
      hasArrived();
    });
    const test = await openBalancer([upstream]);
    const idle = await test.socket();
    const pending = test.request({});
    await arrived;
    const closing = test.balancer.close();
    expect(test.balancer.isDraining()).toBe(true);
    await once(idle.resume(), 'close');
    await expect(fetch(test.balancer.origin)).rejects.toThrow('fetch failed');
    finish();
    const answer = await pending;
    expect([answer.body.toString(), answer.headers['connection']]).toEqual(['whole', 'close']);
    await closing;
  });

  it('ends requests that exceed drainMs', async () => {
    const upstream = await startUpstream(() => closing());
    const test = await openBalancer([upstream], {}, { drainMs: 20 });
    let closed: Promise<void> | undefined;
    const closing = (): void => {
      closed = test.balancer.close();
    };
    await expect(test.request({})).rejects.toMatchObject(CONNECTION_LOST);
    await closed;
  });
});
