import { behave } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { answering, behaving, greet, openOperator } from '../testing/open-operator.ts';
import type { CanaryOptions, PluginHandle } from './plugin-handle.ts';

const textOf = (handle: PluginHandle, key?: string): string => {
  const outcome = handle.dispatchSync(greet, {}, key === undefined ? {} : { key });
  return outcome.kind === 'ok' ? outcome.response.text : outcome.error.code;
};

const startCanary = async (next: Uint8Array, options: CanaryOptions): Promise<PluginHandle> => {
  const { operator } = openOperator();
  const handle = operator.open('greeter');
  await handle.swap(await answering('old'));
  await handle.startCanary(next, options);
  return handle;
};

const shareOf = (texts: readonly string[]): number =>
  texts.filter((text) => text === 'new').length / texts.length;

describe('a canary', () => {
  it('gets its share of the requests at regular intervals', async () => {
    const handle = await startCanary(await answering('new'), { share: 0.25 });
    const texts = Array.from({ length: 400 }, () => textOf(handle));
    expect(shareOf(texts)).toBe(0.25);
    expect(handle.health().canary).toMatchObject({
      share: 0.25,
      status: 'running',
      dispatches: 100,
      fallbacks: 0,
    });
  });

  it('gets all requests with the same key, or none', async () => {
    const handle = await startCanary(await answering('new'), { share: 0.3 });
    const keys = Array.from({ length: 2000 }, (_, at) => `user-${at}`);
    const texts = keys.map((key) => textOf(handle, key));
    expect(keys.map((key) => textOf(handle, key))).toEqual(texts);
    expect(shareOf(texts)).toBeGreaterThan(0.26);
    expect(shareOf(texts)).toBeLessThan(0.34);
  });

  it('is withdrawn if too many of its dispatches fall back', async () => {
    const broken = await behaving(behave.trap('unreachable'));
    const handle = await startCanary(broken, { share: 0.5, failureShare: 0.2, minimumCalls: 10 });
    const texts = Array.from({ length: 200 }, () => textOf(handle));
    expect(texts.filter((text) => text !== 'old')).toEqual(Array.from({ length: 10 }, () => 'unreachable'));
    expect(handle.health()).toMatchObject({
      state: 'serving',
      canary: { status: 'withdrawn', dispatches: 10, fallbacks: 10 },
    });
    await handle.startCanary(await answering('new'), { share: 1 });
    expect(textOf(handle)).toBe('new');
  });

  it('serves all traffic when it is promoted, and can be rolled back', async () => {
    const handle = await startCanary(await answering('new'), { share: 0.01 });
    expect(await handle.promoteCanary()).toMatchObject({ how: 'canary' });
    expect(textOf(handle)).toBe('new');
    expect(handle.health().canary).toMatchObject({ status: 'promoted' });
    handle.rollBack();
    expect(textOf(handle)).toBe('old');
  });

  it('is closed when it is withdrawn', async () => {
    const handle = await startCanary(await answering('new'), { share: 1 });
    expect(textOf(handle)).toBe('new');
    await handle.withdrawCanary();
    expect(textOf(handle)).toBe('old');
    await expect(handle.withdrawCanary()).rejects.toMatchObject({ code: 'no_canary' });
    await expect(handle.promoteCanary()).rejects.toMatchObject({ code: 'no_canary' });
  });

  it('is refused if another one runs or no version serves', async () => {
    const handle = await startCanary(await answering('new'), { share: 1 });
    await expect(handle.startCanary(await answering('new'), { share: 1 })).rejects.toMatchObject({
      code: 'canary_running',
    });
    const { operator } = openOperator();
    await expect(
      operator.open('empty').startCanary(await answering('new'), { share: 1 }),
    ).rejects.toMatchObject({
      code: 'not_loaded',
    });
  });

  it.each([0, -1, 1.5, Number.NaN, '0.5'])('cannot have a share of %s', async (share) => {
    await expect(startCanary(await answering('new'), { share: share as number })).rejects.toMatchObject({
      code: 'bad_option',
    });
  });
});
