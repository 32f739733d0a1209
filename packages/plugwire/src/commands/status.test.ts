import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { describe, expect, it } from 'vitest';

import { type JsonRun, type Refusal, runHere, runJsonHere } from '../testing/run-command.ts';

describe('status', () => {
  const VERSION = { plugin: 'greet', version: '1.2.0', sha256: 'ab'.repeat(32) };
  const HEALTH = {
    status: 'ready',
    isReady: true,
    plugins: [
      {
        name: 'greeter',
        state: 'serving',
        version: VERSION,
        functions: { greet: 2 },
        breaker: 'closed',
        recent: { dispatches: 1200, fallbacks: 12, fallbackShare: 0.01 },
        canary: { ...VERSION, version: '1.3.0', share: 0.05, status: 'running' },
        lastFailure: { stage: 'handshake', code: 'not_json', message: 'no JSON', atUnixMs: 1 },
      },
      { name: 'off', state: 'disabled', functions: {} },
    ],
  };

  const serve = async (answer: string, status = 200) => {
    const server = createServer((incoming, reply) => {
      reply.writeHead(incoming.url === '/health' ? status : 404, { 'content-type': 'application/json' });
      reply.end(answer);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { origin: `http://127.0.0.1:${port}`, [Symbol.dispose]: () => void server.close() };
  };

  it('shows the plugins of a host', async () => {
    using server = await serve(JSON.stringify(HEALTH));
    const { code, stdout } = await runHere(['status', server.origin]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/greeter +serving +1\.2\.0 \(abababab\) +greet 2 +closed +1,200 +12 \(1\.0 %\)/);
    expect(stdout).toContain('canary 1.3.0, 5 % of the requests, running');
    expect(stdout).toContain('handshake/not_json');
    const { result } = await runJsonHere('status', server.origin.replace('http://', ''));
    expect(result).toEqual(HEALTH);
  });

  it('exits with 1 if the host is not ready', async () => {
    using server = await serve(JSON.stringify({ ...HEALTH, status: 'degraded' }), 503);
    expect(await runJsonHere('status', server.origin)).toMatchObject({
      code: 1,
      result: { status: 'degraded' },
    });
  });

  it('exits with 3 if the server cannot be reached, or is not an admin server', async () => {
    using server = await serve('<html></html>');
    expect(await runJsonHere('status', server.origin)).toMatchObject({ code: 3 });
    using other = await serve('{"status":"UP"}');
    expect(await runJsonHere('status', other.origin)).toMatchObject({
      code: 3,
      result: { error: { code: 'not_health' } },
    });
    const closed = await serve('');
    closed[Symbol.dispose]();
    const gone = (await runJsonHere('status', closed.origin)) as JsonRun<Refusal>;
    expect(gone).toMatchObject({
      code: 3,
      result: { error: { message: expect.stringContaining('the connection was refused') } },
    });
    expect(await runJsonHere('status', 'http://')).toMatchObject({ code: 2 });
  });
});
