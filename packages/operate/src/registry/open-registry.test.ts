import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { createPluginHost, type HostLogger } from '@plugwire/runtime';
import { createLogSpy } from '@plugwire/testing';
import { defineWireFunction } from '@plugwire/wire';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';

import { createOperator, type Operator } from '../operator/create-operator.ts';
import { greet } from '../testing/open-operator.ts';
import { openRegistry, type RegistryOptions } from './open-registry.ts';

const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
};

/** A plugin whose handshake needs a setting, so that a skipped handshake is visible. */
const once = await buildPlugin({
  identity: { plugin_name: 'greeter' },
  handshake: behave.configGet('accept'),
  functions: { greet: behave.answer({ text: 'hello', _v: 1 }) },
});
const ACCEPT = JSON.stringify({
  handshake_schema_version: 1,
  envelope_version: 1,
  chosen_versions: { greet: 1 },
  plugin_supported: { greet: [1] },
  implemented_functions: ['greet'],
  required_capabilities: [],
});
const WITH_HANDSHAKE = { config: { accept: ACCEPT } };

const open = async (folder: string, options: Partial<RegistryOptions> = {}): Promise<Operator> => {
  const functions = options.functions ?? [greet];
  const host = createPluginHost({ functions, limits: { deadlineMs: 10_000 } });
  const registry = await openRegistry({ folder, functions, ...options });
  const operator = createOperator({ host, registry });
  onTestFinished(async () => await host.close());
  return operator;
};

/** Changes the folder, or returns options for the next opening. */
type Change = (folder: string, sha256: string) => void | Partial<RegistryOptions>;

describe('a registry', () => {
  it('skips the handshake of a known module, even in another process', async () => {
    const folder = newFolder();
    await (await open(folder)).open('greeter').swap(once, WITH_HANDSHAKE);
    const handle = (await open(folder)).open('greeter');
    await handle.swap(once);
    expect(handle.dispatchSync(greet, {})).toMatchObject({ kind: 'ok' });
    const unknown = (await open(newFolder())).open('greeter');
    await expect(unknown.swap(once)).rejects.toMatchObject({ stage: 'handshake' });
  });

  it('keeps names disabled until they are enabled', async () => {
    const folder = newFolder();
    const stateOf = async (): Promise<string> => (await open(folder)).open('greeter').health().state;
    const first = (await open(folder)).open('greeter');
    await first.disable();
    expect(await stateOf()).toBe('not_loaded');
    await first.disable({ persist: true });
    expect(await stateOf()).toBe('disabled');
    const again = (await open(folder)).open('greeter');
    await again.swap(once, WITH_HANDSHAKE);
    expect(again.dispatchSync(greet, {})).toMatchObject({ error: { code: 'disabled' } });
    await again.enable();
    expect(again.dispatchSync(greet, {}).kind).toBe('ok');
    expect(await stateOf()).toBe('not_loaded');
    // The last call wins, whichever write ends first.
    const disabling = again.disable({ persist: true });
    await Promise.all([disabling, again.enable()]);
    expect(await stateOf()).toBe('not_loaded');
  });

  it('reports if a disabled name will not stay disabled', async () => {
    const host = createPluginHost({ functions: [greet] });
    onTestFinished(async () => await host.close());
    const handle = createOperator({ host }).open('greeter');
    await expect(handle.disable({ persist: true })).rejects.toMatchObject({ code: 'not_persisted' });
    expect(handle.health().state).toBe('disabled');
    const folder = newFolder();
    const kept = (await open(folder)).open('greeter');
    writeFileSync(join(folder, 'disabled'), 'in the way');
    await expect(kept.disable({ persist: true })).rejects.toMatchObject({
      code: 'not_persisted',
      message: expect.stringMatching(
        /^"greeter" is disabled now, but will not be after a restart: .*\((EEXIST|ENOTDIR)\)/,
      ) as string,
    });
  });

  it.each<[string, Change]>([
    [
      'another contract',
      () => ({
        functions: [
          defineWireFunction({
            name: 'greet',
            fallback: 'silent_skip',
            request: z.strictObject({ more: z.string().optional() }),
            response: z.strictObject({ text: z.string() }),
            sample: { request: {}, response: { text: '' } },
          }),
        ],
      }),
    ],
    [
      'a record of another runtime',
      (folder, sha256) => edit(folder, sha256, (record) => ({ ...record, runtime: '0.0.1' })),
    ],
    [
      'a record of another module',
      (folder, sha256) => edit(folder, sha256, (record) => ({ ...record, sha256: 'ab'.repeat(32) })),
    ],
    [
      'a record of another version',
      (folder, sha256) => edit(folder, sha256, (record) => ({ ...record, registryVersion: 2 })),
    ],
    [
      'a record that would last longer than seven days',
      (folder, sha256) =>
        edit(folder, sha256, (record) => ({
          ...record,
          metadata: { ...(record['metadata'] as object), expires_at: 9_999_999_999 },
        })),
    ],
    [
      'a truncated record',
      (folder, sha256) => writeFileSync(recordFile(folder, sha256), '{"registryVersion":'),
    ],
    ['an empty record', (folder, sha256) => writeFileSync(recordFile(folder, sha256), '')],
    [
      'a record with more capabilities than granted',
      (folder, sha256) => edit(folder, sha256, (record) => ({ ...record, capabilities: ['log'] })),
    ],
  ])('still performs the handshake for %s', async (_, change) => {
    const folder = newFolder();
    const first = (await open(folder)).open('greeter');
    const { to } = await first.swap(once, WITH_HANDSHAKE);
    const changed = change(folder, to.sha256) ?? {};
    const handle = (await open(folder, changed)).open('greeter');
    await expect(handle.swap(once)).rejects.toMatchObject({ stage: 'handshake' });
  });

  it('still performs the handshake if other capabilities are granted', async () => {
    const folder = newFolder();
    await (await open(folder)).open('greeter').swap(once, WITH_HANDSHAKE);
    const handle = (await open(folder)).open('greeter');
    await expect(handle.swap(once, { capabilities: ['log'] })).rejects.toMatchObject({ stage: 'handshake' });
  });

  it('keeps modules by their digest, and returns none that was changed', async () => {
    const folder = newFolder();
    const { to } = await (await open(folder)).open('greeter').swap(once, WITH_HANDSHAKE);
    const registry = await openRegistry({ folder, functions: [greet] });
    expect(await registry.readModule(to.sha256)).toEqual(once);
    expect(await registry.list()).toMatchObject([
      { sha256: to.sha256, name: 'greeter', metadata: { self_check_passed: true } },
    ]);
    writeFileSync(join(folder, 'modules', `${to.sha256}.wasm`), 'changed');
    expect(await registry.readModule(to.sha256)).toBeUndefined();
    expect(await registry.readModule('ab'.repeat(32))).toBeUndefined();
  });

  it('registers a digest once, and logs if it is loaded under another name', async () => {
    const folder = newFolder();
    const log = createLogSpy();
    const operator = await open(folder, { logger: log.logger as HostLogger });
    await operator.open('greeter').swap(once, WITH_HANDSHAKE);
    await operator.open('other').swap(once, WITH_HANDSHAKE);
    expect(readdirSync(join(folder, 'records'))).toHaveLength(1);
    expect(log.lines()).toContainEqual(
      expect.objectContaining({
        plugin: 'other',
        known_as: 'greeter',
        msg: 'module is known under another name',
      }),
    );
  });

  it('lets plugins serve even if its folder is gone', async () => {
    const folder = newFolder();
    const operator = await open(folder);
    rmSync(folder, { recursive: true });
    const handle = operator.open('greeter');
    await handle.swap(once, WITH_HANDSHAKE);
    expect(handle.dispatchSync(greet, {})).toMatchObject({ kind: 'ok' });
  });

  it('cannot be opened if it is a file or has another version', async () => {
    const folder = newFolder();
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const unusable = { name: 'OperateError', code: 'registry_unusable' };
    await expect(openRegistry({ folder: file, functions: [greet] })).rejects.toMatchObject(unusable);
    writeFileSync(join(folder, 'registry.json'), '{"registryVersion":2}');
    await expect(openRegistry({ folder, functions: [greet] })).rejects.toMatchObject(unusable);
  });

  it('removes incomplete files of a killed process after an hour', async () => {
    const folder = newFolder();
    await openRegistry({ folder, functions: [greet] });
    const [old, recent] = ['.new-old', '.new-recent'].map((name) => join(folder, 'modules', name));
    for (const file of [old, recent]) writeFileSync(file as string, 'half');
    utimesSync(old as string, 1, 1);
    await openRegistry({ folder, functions: [greet] });
    expect([old, recent].map((file) => existsSync(file as string))).toEqual([false, true]);
  });
});

const recordFile = (folder: string, sha256: string): string => join(folder, 'records', `${sha256}.json`);

const edit = (
  folder: string,
  sha256: string,
  change: (record: Record<string, unknown>) => Record<string, unknown>,
): void => {
  const file = recordFile(folder, sha256);
  writeFileSync(
    file,
    JSON.stringify(change(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>)),
  );
};

/** The number of kills, each at another time. To run more: REGISTRY_KILLS=1000 npx vitest run … */
const KILLS = Number(process.env['REGISTRY_KILLS'] ?? 5);

it('a registry keeps every confirmed module if processes are killed while they register', async () => {
  const folder = newFolder();
  const confirmed = new Set<string>();
  const writer = join(import.meta.dirname, 'testing', 'register-without-end.mjs');
  for (let times = 0; times < KILLS; times += 1) {
    // Two processes at once write to one folder.
    const processes = [0, 1].map((which) =>
      spawn(process.execPath, ['--no-warnings', writer, folder, `${times}-${which}`], {
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    );
    for (const { stdout } of processes) {
      stdout.setEncoding('utf8').on('data', (text: string) => {
        for (const digest of text.split('\n').slice(0, -1)) confirmed.add(digest);
      });
    }
    await Promise.all(
      processes.map(async ({ stdout }) => await new Promise((resolve) => stdout.once('data', resolve))),
    );
    await setTimeout(Math.random() * 30);
    await Promise.all(
      processes.map(async (child) => {
        const ended = new Promise((resolve) => child.once('close', resolve));
        child.kill('SIGKILL');
        await ended;
      }),
    );
  }
  const registry = await openRegistry({ folder, functions: [greet] });
  const listed = new Set((await registry.list()).map(({ sha256 }) => sha256));
  expect(confirmed.size).toBeGreaterThan(KILLS);
  expect([...confirmed].filter((digest) => !listed.has(digest))).toEqual([]);
  for (const digest of listed) expect(await registry.readModule(digest)).toBeDefined();
});
