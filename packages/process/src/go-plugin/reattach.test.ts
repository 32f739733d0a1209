import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { describe, expect, it, onTestFinished, vi } from 'vitest';

import { isRunning } from '../launch/identify-process.ts';
import { fileHere, get, kvFunctions, openHost } from '../testing/kv.ts';
import { openFolder } from '../testing/scripts.ts';
import { type ReattachConfig, reattachGoPlugin, type ReattachOptions } from './reattach.ts';

/** A plugin that somebody else started, and where it is. */
const startElsewhere = async (
  args: readonly string[] = [],
): Promise<{ readonly child: ChildProcess; readonly reattach: ReattachConfig }> => {
  const child = spawn(process.execPath, [fileHere('./plugins/kv-plugin.mjs'), ...args], {
    env: {
      ...process.env,
      BASIC_PLUGIN: 'hello',
      PLUGIN_PROTOCOL_VERSIONS: '1',
      PLUGIN_UNIX_SOCKET_DIR: openFolder(),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const line = await new Promise<string>((resolve) =>
    child.stdout.once('data', (data) => resolve(String(data))),
  );
  const [, version, network = '', address = ''] = line.trim().split('|');
  return {
    child,
    reattach: { protocol: 'grpc', protocolVersion: Number(version), network, address, pid: child.pid ?? 0 },
  };
};

const attach = async (options: Pick<ReattachOptions, 'reattach'> & Partial<ReattachOptions>, load = {}) =>
  await openHost().load(reattachGoPlugin({ functions: kvFunctions, stopTimeoutMs: 300, ...options }), load);

describe('a reattached plugin', () => {
  it.each(['unix', 'tcp'])('responds over %s, and keeps running after close', async (network) => {
    const { child, reattach } = await startElsewhere([`--network=${network}`]);
    const plugin = await attach({ reattach });
    expect(await plugin.dispatch(get, { key: 'pid' })).toMatchObject({
      response: { value: String(child.pid) },
    });
    expect(await plugin.ping()).toEqual({ ok: true });
    await plugin.close();
    expect(isRunning(child.pid ?? 0)).toBe(true);
  });

  it.each([
    ['ends when it is asked to', []],
    ['ignores that', ['--ignore-signals', '--network=tcp']],
  ])('is stopped with onClose "stop" if it %s', async (_, args) => {
    const { child, reattach } = await startElsewhere(args);
    const plugin = await attach({ reattach, onClose: 'stop' });
    await plugin.close();
    await vi.waitFor(() => expect(isRunning(child.pid ?? 0)).toBe(false), { timeout: 20_000 });
  });

  it('is never confused with a process that does not listen at the address', async () => {
    const { reattach } = await startElsewhere(['--ignore-signals']);
    const other = spawn('sleep', ['1000']);
    onTestFinished(() => void other.kill('SIGKILL'));
    const plugin = await attach({ reattach: { ...reattach, pid: other.pid ?? 0 }, onClose: 'stop' });
    await plugin.close();
    expect(isRunning(other.pid ?? 0)).toBe(true);
  });

  it('fails calls with process_exited after it has ended', async () => {
    const { child, reattach } = await startElsewhere();
    const plugin = await attach({ reattach });
    const calls = [plugin.dispatch(get, { key: 'hang' }), plugin.dispatch(get, { key: 'exit' })];
    for (const outcome of await Promise.all(calls)) expect(outcome).toMatchObject({ kind: 'fallback' });
    await vi.waitFor(
      async () =>
        expect(await plugin.dispatch(get, { key: 'pid' })).toMatchObject({
          error: { code: 'process_exited' },
        }),
      { timeout: 20_000 },
    );
    expect(child.exitCode).toBe(3);
  });

  it('is checked against the SHA-256 of its executable', async () => {
    const { reattach } = await startElsewhere();
    const sha256 = createHash('sha256').update(readFileSync(process.execPath)).digest('hex');
    const plugin = await attach({ reattach }, { sha256 });
    expect(plugin.sha256).toBe(sha256);
    await expect(attach({ reattach }, { sha256: '0'.repeat(64) })).rejects.toMatchObject({
      code: 'hash_mismatch',
    });
  });

  it.each([
    [{ protocol: 'netrpc' }, 'protocol_unknown'],
    [{ network: 'udp' }, 'network_unknown'],
    [{ address: '/nowhere' }, 'not_connected'],
  ])('is refused with %o', async (change, code) => {
    const reattach = { protocol: 'grpc', protocolVersion: 1, network: 'unix', address: '/nowhere', pid: 1 };
    await expect(attach({ reattach: { ...reattach, ...change }, startTimeoutMs: 500 })).rejects.toMatchObject(
      { code },
    );
  });
});
