import { behave } from '@plugwire/pdk-fixtures';
import { defineRecording } from '@plugwire/runtime';
import { describe, expect, it } from 'vitest';

import { answering, behaving, greet, openOperator } from '../testing/open-operator.ts';
import type { PluginHandle, SwapOptions } from './plugin-handle.ts';

const keepAll = <Value>(value: Value): Value => value;
const recordings = [
  defineRecording(greet, { redact: { request: keepAll, response: keepAll, hostCall: keepAll } }),
];

const textOf = (handle: Pick<PluginHandle, 'dispatchSync'>): string => {
  const outcome = handle.dispatchSync(greet, {});
  return outcome.kind === 'ok' ? outcome.response.text : outcome.error.code;
};

/** Opens a name whose version has recorded this number of calls. */
const open = async (calls: number, options: SwapOptions = {}): Promise<PluginHandle> => {
  const { operator } = openOperator({ recordings });
  const handle = operator.open('greeter');
  await handle.swap(await answering('old'), options);
  for (let at = 0; at < calls; at += 1) textOf(handle);
  return handle;
};

describe('a swap with a replay', () => {
  it('moves traffic if recorded calls have the same results', async () => {
    const handle = await open(3);
    const report = await handle.swap(await answering('new'), { replay: { calls: 2 } });
    expect(report.replayed).toEqual({ calls: 2, same: 2, improved: 0, differences: 0 });
    expect(textOf(handle)).toBe('new');
  });

  it('keeps the previous version if results differ, and says how', async () => {
    const handle = await open(3);
    const broken = await behaving(behave.trap('unreachable'), { version: '2.0.0' });
    await expect(handle.swap(broken, { replay: {} })).rejects.toMatchObject({
      code: 'replay_differs',
      message: expect.stringMatching(
        /^version 2\.0\.0 ends 3 of 3 recorded calls of "greeter" in another way, at most 0 are allowed \(3 × greet: ok became plugin_call\/unreachable\)/,
      ) as string,
    });
    expect(textOf(handle)).toBe('old');
    expect(handle.health()).toMatchObject({
      state: 'serving',
      version: { version: '1.0.0' },
      lastFailure: { stage: 'operate', code: 'replay_differs' },
    });
    const report = await handle.swap(broken, { replay: { differenceShare: 1 } });
    expect(report.replayed).toMatchObject({ differences: 4 });
  });

  it('can be based on the recordings that the handle returns', async () => {
    const handle = await open(2);
    expect(handle.recordings()).toMatchObject([{ header: { plugin: 'greeter' }, calls: [{}, {}] }]);
    await handle.swap(await answering('new'));
    expect(handle.recordings()).toMatchObject([{ calls: [] }]);
    await handle.close();
    expect(handle.recordings()).toEqual([]);
  });

  it('compares values with answers equal', async () => {
    const handle = await open(2);
    const replay = { answers: 'equal' } as const;
    await expect(handle.swap(await answering('new'), { replay })).rejects.toMatchObject({
      message: expect.stringContaining('2 × greet: another answer') as string,
    });
    await handle.swap(await answering('old', { version: '1.0.1' }), { replay });
  });

  it('also uses the calls of the previous version if the serving one has few', async () => {
    const handle = await open(3);
    await handle.swap(await answering('two'));
    textOf(handle);
    const { replayed } = await handle.swap(await answering('three'), { replay: {} });
    expect(replayed).toMatchObject({ calls: 4, same: 4 });
  });

  it('needs recorded calls, unless no version serves yet', async () => {
    const nothing = { code: 'nothing_recorded' };
    const unasked = await open(0);
    await expect(unasked.swap(await answering('new'), { replay: {} })).rejects.toMatchObject(nothing);
    await unasked.swap(await answering('new'), { replay: { minimumCalls: 0 } });
    const few = await open(2);
    await expect(few.swap(await answering('new'), { replay: { minimumCalls: 3 } })).rejects.toMatchObject(
      nothing,
    );
    const off = await open(2, { recordings: [] });
    await expect(off.swap(await answering('new'), { replay: { minimumCalls: 0 } })).rejects.toMatchObject(
      nothing,
    );
    const first = await open(1, { replay: {} });
    expect(first.health().lastSwap?.replayed).toBeUndefined();
  });

  it('applies the replay only to that operation', async () => {
    const handle = await open(1);
    await handle.swap(await answering('two'), { replay: {} });
    await handle.swap(await behaving(behave.trap('unreachable')));
    expect(textOf(handle)).toBe('unreachable');
  });

  it('can be prepared and cancelled', async () => {
    const handle = await open(1);
    const prepared = await handle.prepareSwap(await answering('new'), { replay: {} });
    expect(prepared.replayed).toMatchObject({ calls: 1, differences: 0 });
    await prepared.cancel();
    expect(textOf(handle)).toBe('old');
  });

  it('also works for a canary, before it gets traffic', async () => {
    const handle = await open(1);
    const broken = await behaving(behave.trap('unreachable'));
    await expect(handle.startCanary(broken, { share: 1, replay: {} })).rejects.toMatchObject({
      code: 'replay_differs',
    });
    expect(textOf(handle)).toBe('old');
    await handle.startCanary(await answering('new'), { share: 1, replay: {} });
    expect(textOf(handle)).toBe('new');
  });

  it.each([
    { calls: 0 },
    { calls: 1.5 },
    { minimumCalls: -1 },
    { differenceShare: 2 },
    { answers: 'same' },
    { limit: 1 },
  ])('rejects the settings %o', async (replay) => {
    const handle = await open(1);
    await expect(handle.swap(await answering('new'), { replay: replay as never })).rejects.toMatchObject({
      code: 'bad_option',
    });
  });
});
