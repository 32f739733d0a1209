import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { buildPlugin, behave } from '@plugwire/pdk-fixtures';
import { createMemoryStorage, type PluginStorage } from '@plugwire/runtime';
import { expect, it, onTestFinished, vi } from 'vitest';

import { clock } from '../base/clock.ts';
import { answering, greet, openOperator } from '../testing/open-operator.ts';
import { applyConfig, type ApplyOptions } from './apply-config.ts';
import { parseConfigText } from './read-config.ts';

/** A storage that opens its stores only when the test allows it. */
const createSlowStorage = () => {
  const memory = createMemoryStorage();
  let go: (() => void) | undefined;
  const gate = new Promise<void>((resolve) => {
    go = resolve;
  });
  const storage: PluginStorage = {
    ...memory,
    open: async (scope, options) => {
      await gate;
      return await memory.open(scope, options);
    },
  };
  return { storage, go: () => go?.() };
};

const open = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'quick.wasm'), await answering('quick'));
  writeFileSync(
    join(folder, 'slow.wasm'),
    await buildPlugin({
      functions: { greet: behave.answer({ text: 'slow', _v: 1 }) },
      requiredCapabilities: ['storage'],
    }),
  );
  const { storage, go } = createSlowStorage();
  const { operator } = openOperator({ storage });
  const config = parseConfigText(
    '[plugins.slow]\npath = "slow.wasm"\ncapabilities = ["storage"]\n[plugins.quick]\npath = "quick.wasm"',
    join(folder, 'plugwire.toml'),
  );
  const textOf = (name: string): string => {
    const outcome = operator.get(name).dispatchSync(greet, {});
    return outcome.kind === 'ok' ? outcome.response.text : outcome.error.code;
  };
  const apply = async (options: Omit<ApplyOptions, 'logger'>) => await applyConfig(operator, config, options);
  return { operator, apply, textOf, go };
};

it('applyConfig lets a plugin serve at the start before slower ones are ready', async () => {
  const { apply, textOf, go } = await open();
  const applying = apply({ mode: 'what_works' });
  await expect.poll(() => textOf('quick')).toBe('quick');
  expect(textOf('slow')).toBe('not_loaded');
  go();
  expect(await applying).toMatchObject({ isApplied: true, failures: [] });
  expect(textOf('slow')).toBe('slow');
});

/** Ends the time for loads when the test says so. */
const useHandClock = (): { endTime(): void } => {
  const timers = new Set<() => void>();
  const spy = vi.spyOn(clock, 'setTimeout').mockImplementation(((run: () => void) => {
    timers.add(run);
    return undefined;
  }) as never);
  onTestFinished(() => spy.mockRestore());
  return { endTime: () => timers.forEach((run) => run()) };
};

it('applyConfig does not wait for a plugin that is not ready in time', async () => {
  const { operator, apply, textOf, go } = await open();
  const { endTime } = useHandClock();
  const applying = apply({ mode: 'what_works' });
  await expect.poll(() => textOf('quick')).toBe('quick');
  endTime();
  expect(await applying).toMatchObject({ failures: [{ plugin: 'slow', error: { code: 'not_in_time' } }] });
  expect([textOf('quick'), textOf('slow')]).toEqual(['quick', 'not_loaded']);
  go();
  // A plugin that is ready too late is closed, and the next operation on the name does not see it.
  await expect(operator.get('slow').swap('./nowhere.wasm')).rejects.toMatchObject({ code: 'not_found' });
  expect(textOf('slow')).toBe('not_loaded');
});

it('applyConfig changes nothing with all_or_nothing if one of several plugins is not ready in time', async () => {
  const { operator, apply, go } = await open();
  const { endTime } = useHandClock();
  const applying = apply({ mode: 'all_or_nothing' });
  await expect.poll(() => operator.names()).toEqual(['slow', 'quick']);
  endTime();
  expect(await applying).toMatchObject({
    isApplied: false,
    failures: expect.arrayContaining([
      expect.objectContaining({
        plugin: 'slow',
        error: expect.objectContaining({ code: 'not_in_time' }) as Error,
      }),
    ]) as object[],
  });
  go();
  expect(operator.names()).toEqual([]);
});
