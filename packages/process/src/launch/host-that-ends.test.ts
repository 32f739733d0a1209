import { once } from 'node:events';
import { readdirSync } from 'node:fs';

import { describe, expect, it, vi } from 'vitest';

import { childrenOf, startHost } from '../testing/start-host.ts';
import { isRunning } from './identify-process.ts';

const PATIENT = { timeout: 25_000 };

/** Waits until a folder of plugins is empty: their own are in it. */
const expectEmpty = async (folder: string): Promise<void> =>
  await vi.waitFor(() => expect(readdirSync(folder)).toEqual([]), PATIENT);

// Processes are looked for in /proc.
describe.skipIf(process.platform !== 'linux')('when a host ends, nothing of its plugins is left', () => {
  const start = async () => {
    const host = startHost('serve', ['--ignore-signals']);
    const { pid, child } = (await host.next()) as { readonly pid: number; readonly child: number };
    expect(readdirSync(host.folder)).toHaveLength(1);
    const expectEnd = async (): Promise<void> => {
      await vi.waitFor(() => {
        expect(isRunning(pid)).toBe(false);
        expect(isRunning(child)).toBe(false);
      }, PATIENT);
      await expectEmpty(host.folder);
    };
    return { host, expectEnd };
  };

  it('killed by SIGKILL', async () => {
    const { host, expectEnd } = await start();
    await host.kill();
    await expectEnd();
  });

  it.each(['exit', 'throw'])('ended by itself: %s', async (word) => {
    const { host, expectEnd } = await start();
    host.child.stdin?.write(word);
    await once(host.child, 'exit');
    await expectEnd();
  });

  // On a busy machine, one host in many ended before its new guardian did its work. Each try starts a new host.
  it('killed after its guardian was', { retry: 2 }, async () => {
    const { host, expectEnd } = await start();
    const guardian = () => childrenOf(host.child.pid).find(({ command }) => command.includes('marks='));
    const first = guardian()?.pid ?? 0;
    process.kill(first, 'SIGKILL');
    await vi.waitFor(() => {
      expect(guardian()?.pid).toBeGreaterThan(0);
      expect(guardian()?.pid).not.toBe(first);
    }, PATIENT);
    await host.kill();
    await expectEnd();
  });

  it('killed at any moment of a start or a stop', async () => {
    for (let turn = 0; turn < 5; turn += 1) {
      const host = startHost('loop');
      await host.next();
      // Not a moment that anybody chose: after so many chunks of the event loop's work.
      for (let step = 0; step < turn * 200; step += 1) await new Promise((resolve) => setImmediate(resolve));
      await host.kill();
      await expectEmpty(host.folder);
    }
  });
});

it('a process reads the standard input of its host with stdin "inherit"', async () => {
  const host = startHost('stdin');
  host.child.stdin?.write('typed');
  expect(await host.next()).toEqual({ read: 'typed' });
});
