import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { defineRecording, type PluginHostOptions } from '@plugwire/runtime';
import { describe, expect, it, onTestFinished } from 'vitest';

import type { Operator } from '../operator/create-operator.ts';
import { answering, greet, openOperator } from '../testing/open-operator.ts';
import type { ApplyReport } from './apply-config.ts';
import type { ConfigError } from './config-error.ts';
import { type ConfigWatch, watchConfig } from './watch-config.ts';

interface Scene {
  readonly operator: Operator;
  readonly folder: string;
  readonly edits: (ApplyReport | ConfigError)[];
  readonly watch: ConfigWatch;
  write(text: string): void;
  writePlugin(name: string, text: string): Promise<void>;
  textOf(name: string): string;
}

const open = async (
  text: string,
  plugins: Readonly<Record<string, string>>,
  hostOptions: Partial<PluginHostOptions> = {},
): Promise<Scene> => {
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-'));
  const file = join(folder, 'plugwire.toml');
  const { operator } = openOperator(hostOptions);
  const writePlugin = async (name: string, answer: string): Promise<void> =>
    writeFileSync(join(folder, `${name}.wasm`), await answering(answer, { name }));
  for (const [name, answer] of Object.entries(plugins)) await writePlugin(name, answer);
  writeFileSync(file, text);
  const edits: (ApplyReport | ConfigError)[] = [];
  const watch = await watchConfig(operator, {
    file,
    settleMs: 30,
    onEdit: (result) => void edits.push(result),
  });
  onTestFinished(async () => {
    await watch.close();
    rmSync(folder, { recursive: true });
  });
  return {
    operator,
    folder,
    edits,
    watch,
    writePlugin,
    // Replaces the file by a new one, as editors do.
    write: (next) => {
      writeFileSync(`${file}.new`, next);
      renameSync(`${file}.new`, file);
    },
    textOf: (name) => {
      const outcome = operator.get(name).dispatchSync(greet, {});
      return outcome.kind === 'ok' ? outcome.response.text : outcome.error.code;
    },
  };
};

const plugin = (name: string, more = ''): string => `[plugins.${name}]\npath = "${name}.wasm"\n${more}\n`;

describe('a watched configuration', () => {
  it('loads each plugin independently at the start', async () => {
    const { operator, watch, textOf } = await open(
      plugin('one') + plugin('two') + plugin('three', 'disabled = true'),
      {
        one: 'one',
        three: 'three',
      },
    );
    expect(watch.start).toMatchObject({
      isApplied: true,
      failures: [{ plugin: 'two', error: { code: 'not_found' } }],
    });
    expect(['one', 'two', 'three'].map(textOf)).toEqual(['one', 'not_loaded', 'disabled']);
    expect(operator.get('two').health()).toMatchObject({
      state: 'not_loaded',
      lastFailure: { code: 'not_found' },
    });
  });

  it('applies edits: it adds, swaps, changes, removes and disables plugins', async () => {
    const scene = await open(plugin('one') + plugin('two'), { one: 'one', two: 'two', three: 'three' });
    const handle = scene.operator.get('one');
    scene.write(plugin('one', 'limits.deadlineMs = 1000\ndisabled = true') + plugin('three'));
    await expect.poll(() => scene.operator.names()).toEqual(['one', 'three']);
    expect(scene.edits).toMatchObject([
      {
        isApplied: true,
        plan: [
          { action: 'change', plugin: 'one', because: ['limits'] },
          { action: 'disable', plugin: 'one' },
          { action: 'add', plugin: 'three' },
          { action: 'remove', plugin: 'two' },
        ],
      },
    ]);
    expect([scene.textOf('one'), scene.textOf('three')]).toEqual(['disabled', 'three']);
    expect(scene.operator.get('one')).toBe(handle);
  });

  it('is not changed by an invalid edit', async () => {
    const scene = await open(plugin('one'), { one: 'one' });
    scene.write('[plugins.one');
    await expect.poll(() => scene.edits).toMatchObject([{ code: 'not_toml' }]);
    scene.write(plugin('one', 'config.a = "b"') + plugin('two'));
    await expect
      .poll(() => scene.edits)
      .toMatchObject([{}, { isApplied: false, failures: [{ plugin: 'two' }] }]);
    expect(scene.operator.names()).toEqual(['one']);
    expect(scene.operator.get('one').health().lastSwap?.from).toBeUndefined();
    expect(scene.textOf('one')).toBe('one');
  });

  it('is applied even if a plugin that failed at the start fails again', async () => {
    const scene = await open(plugin('one') + plugin('two'), { one: 'one', three: 'three' });
    scene.write(plugin('one') + plugin('two') + plugin('three'));
    await expect.poll(() => scene.edits).toMatchObject([{ isApplied: true, failures: [{ plugin: 'two' }] }]);
    expect(scene.textOf('three')).toBe('three');
    await scene.writePlugin('two', 'two');
    await scene.watch.reload();
    expect(scene.textOf('two')).toBe('two');
  });

  it('closes a plugin that was never loaded when it is removed from the file', async () => {
    const scene = await open(plugin('one') + plugin('two'), { one: 'one' });
    expect(scene.operator.health()).toMatchObject({ status: 'degraded' });
    scene.write(plugin('one'));
    await expect.poll(() => scene.edits).toMatchObject([{ isApplied: true, plan: [{ action: 'remove' }] }]);
    expect(scene.operator.names()).toEqual(['one']);
    expect(scene.operator.health()).toMatchObject({ status: 'ready' });
  });

  it('switches the lists of hosts while the plugins of both the old and the new lists serve', async () => {
    const host = (name: string): string => `[hosts.edge]\nplugins = ["${name}"]\nroles.greeter = "${name}"`;
    const scene = await open(plugin('one') + host('one'), { one: 'one', two: 'two' });
    const seen: string[] = [];
    const ask = (): void => {
      const role = scene.watch.current().hosts['edge']?.roles['greeter'] ?? 'none';
      seen.push(scene.operator.names().includes(role) ? scene.textOf(role) : 'gap');
    };
    scene.write(plugin('two') + host('two'));
    while (scene.edits.length === 0) {
      ask();
      await new Promise((resolve) => setImmediate(resolve));
    }
    ask();
    expect([...new Set(seen)]).toEqual(['one', 'two']);
    expect(scene.operator.names()).toEqual(['two']);
  });

  it('loads modules with changed bytes again on reload', async () => {
    const scene = await open(plugin('one'), { one: 'one' });
    await scene.writePlugin('one', 'new');
    expect(await scene.watch.reload()).toMatchObject({ plan: [{ action: 'swap', because: ['bytes'] }] });
    expect(scene.textOf('one')).toBe('new');
    expect(await scene.watch.reload()).toMatchObject({ plan: [] });
  });

  it('replays recorded calls to a new version, and keeps the previous one if results differ', async () => {
    const redact = { request: () => ({}), response: <Value>(value: Value): Value => value };
    const recordings = [defineRecording(greet, { redact })];
    const settings = plugin('one', 'replay = { answers = "equal" }');
    const scene = await open(settings, { one: 'one', other: 'other' }, { recordings });
    expect(scene.textOf('one')).toBe('one');
    scene.write(settings.replace('one.wasm', 'other.wasm'));
    await expect
      .poll(() => scene.edits)
      .toMatchObject([{ isApplied: false, failures: [{ error: { code: 'replay_differs' } }] }]);
    expect(scene.textOf('one')).toBe('one');
    scene.write(plugin('one', 'replay = { differenceShare = 1 }').replace('one.wasm', 'other.wasm'));
    await expect.poll(() => scene.textOf('one')).toBe('other');
  });

  it('applies the last of a hundred edits in a second', async () => {
    const scene = await open(plugin('one'), { one: 'one' });
    for (let times = 0; times < 100; times += 1) {
      scene.write(plugin('one', `config.n = "${times}"`));
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await expect.poll(() => scene.watch.current().plugins['one']?.config).toEqual({ n: '99' });
    expect(scene.edits.length).toBeLessThan(100);
    expect(scene.textOf('one')).toBe('one');
  });
});
