import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { createOperator } from '@plugwire/operate';
import { faultPlugin } from '@plugwire/process';
import { createPluginHost } from '@plugwire/runtime';
import { interceptFunctions } from '@plugwire/wire/intercept';
import { describe, expect, it, vi } from 'vitest';

import {
  buildFaultModules,
  type FaultProcess,
  startFaultPython,
} from '../../../packages/process/src/testing/fault-python.ts';
import { findPython } from '../../../packages/process/src/testing/toolchains.ts';
import type { InterceptPlugin } from './intercept-plugin.ts';
import { postgresqlFolder, startPostgresql } from './measure/start-postgresql.ts';
import { afterTest, openProxyWith, startServer } from './testing/proxy-test.ts';

const python = findPython('grpc_tools');
const bin = postgresqlFolder();
const run = async (file: string, args: readonly string[]): Promise<string> =>
  (await promisify(execFile)(file, args)).stdout;

const start = async (
  script: 'fault_echo.py' | 'fault_postgresql.py',
): Promise<{ readonly plugin: InterceptPlugin; readonly process: FaultProcess }> => {
  const process = await startFaultPython(python as string, buildFaultModules(python as string), script);
  const host = createPluginHost({ functions: interceptFunctions, limits: { deadlineMs: 20_000 } });
  const operator = createOperator({ host });
  afterTest(async () => {
    await operator.close();
    await host.close();
  });
  const handle = operator.open('fault');
  await handle.swap(faultPlugin({ address: process.address, connectTimeoutMs: 20_000 }));
  return { plugin: { handle, isGuard: false }, process };
};

describe.skipIf(python === undefined)('the Python plugins of fault’s guide, with other clients', () => {
  it('echo a request of curl', async () => {
    const server = await startServer((incoming, reply) => {
      incoming.resume();
      reply.end(`${incoming.method} ${incoming.url}`);
    });
    const { plugin } = await start('fault_echo.py');
    const { proxy } = await openProxyWith([plugin], { targets: { allowed: [new URL(server).host] } });
    const args = ['-s', '-x', proxy.origin, '--noproxy', ''];
    expect(await run('curl', [...args, '-d', 'body', `${server}/a?b`])).toBe('POST /a?b');
    // In a tunnel the plugin returns no action. That is a failure, so it is skipped.
    expect(await run('curl', [...args, '-p', `${server}/tunnel`])).toBe('GET /tunnel');
  });

  it.skipIf(bin === undefined)('read the messages of psql', async () => {
    const database = await startPostgresql(bin as string);
    afterTest(async () => await database.close());
    const { plugin, process } = await start('fault_postgresql.py');
    const { proxy } = await openProxyWith([plugin], {
      listeners: [{ upstream: `127.0.0.1:${database.port}`, protocol: 'postgresql' }],
    });
    const url = `host=127.0.0.1 port=${proxy.ports[0]} user=test dbname=postgres sslmode=disable`;
    expect(await run(`${bin}/psql`, ['-XAtq', '-d', url, '-c', 'select 6 * 7'])).toBe('42\n');
    // Its info asks only for what the client sends, so it sees the query once.
    await vi.waitFor(() => expect(process.lines.filter((line) => line.endsWith(' 0 0 Q'))).toHaveLength(1));
  });
});
