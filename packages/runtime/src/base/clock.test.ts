import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { clock } from './clock.ts';
import { findRefusal } from '../host-functions/call-refusal.ts';
import { guardSources } from '../host-functions/host-sources.ts';
import type { Plugin } from '../plugin/plugin.ts';
import { createMemoryStorage } from '../storage/create-memory-storage.ts';
import { act, greet, reflect } from '../testing/contracts.ts';
import { openHost } from '../testing/open-plugin.ts';
import { codeOf } from '../sandbox/testing/call-ends.ts';
import { openFunctions, openModules } from '../sandbox/testing/open-sandbox.ts';

/** More fuel than a call can use within the deadline on any machine. If the deadline does not work, the call still ends within seconds. */
const fuel = 5_000_000_000;

/** Everything except `nextTick`, which vitest does not fake in a separate process. */
const EVERY_FAKE = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setImmediate',
  'clearImmediate',
  'Date',
  'performance',
  'hrtime',
  'queueMicrotask',
] as const;

const refusalOf = (source: () => unknown): unknown => {
  try {
    return source();
  } catch (error) {
    return findRefusal(error);
  }
};

const codeOfAct = (plugin: Plugin): string => {
  const outcome = plugin.dispatchSync(act, { text: '' });
  return outcome.kind === 'ok' ? 'ok' : outcome.error.code;
};

describe('under fake timers', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('a plugin loads, and a plugin that spins is stopped at its deadline', async () => {
    const host = openHost({ functions: [act, reflect], limits: { fuel } });
    const functions = { act: behave.spin(), reflect: behave.echo() };
    const plugin = await host.load(await buildPlugin({ functions }), { limits: { deadlineMs: 20 } });
    expect(codeOfAct(plugin)).toBe('deadline');
    expect(plugin.dispatchSync(reflect, { text: 'x' })).toMatchObject({ kind: 'ok' });
    expect(await plugin.dispatch(reflect, { text: 'x' })).toMatchObject({ kind: 'ok' });
  });

  it('a plugin is stopped at its deadline if everything that can be faked is faked', async () => {
    vi.useFakeTimers({ toFake: [...EVERY_FAKE] });
    const host = openHost({ functions: [act, reflect], limits: { fuel } });
    const functions = { act: behave.spin(), reflect: behave.echo() };
    const plugin = await host.load(await buildPlugin({ functions }), { limits: { deadlineMs: 20 } });
    expect(codeOfAct(plugin)).toBe('deadline');
    expect(await plugin.dispatch(reflect, { text: 'x' })).toMatchObject({ kind: 'ok' });
    await host.close();
  });

  it('a module loads that is large enough for the load thread', async () => {
    const padding = `(data "${'x'.repeat(2 * 1024 * 1024)}")`;
    const bytes = await buildPlugin({ functions: { reflect: behave.echo() }, wat: [padding] });
    const plugin = await openHost({ functions: [reflect] }).load(bytes);
    expect(plugin.dispatchSync(reflect, { text: 'x' })).toMatchObject({ kind: 'ok' });
  });

  it('a start function that spins is stopped at its deadline', async () => {
    const spins = '(module (func $begin (loop $again (br $again))) (start $begin))';
    const limits = { initialisationMs: 20, initialisationFuel: fuel };
    await expect(openModules(spins, { limits })).rejects.toMatchObject({ code: 'deadline' });
  });

  it('a sandbox call that spins is stopped at its deadline', async () => {
    const sandbox = await openFunctions({ run: behave.spin() }, { limits: { deadlineMs: 20, fuel } });
    expect(codeOf(() => sandbox.call('run'))).toBe('deadline');
  });

  it('a breaker opens, and allows a probe after its backoff', async () => {
    const host = openHost({ functions: [act], breaker: { minimumCalls: 1, firstBackoffMs: 1 } });
    const plugin = await host.load(await buildPlugin({ functions: { act: behave.trap() } }));
    expect(codeOfAct(plugin)).toBe('unreachable');
    while (plugin.health().breaker === 'open') clock.nowMs();
    expect(plugin.health().breaker).toBe('half_open');
    expect(codeOfAct(plugin)).toBe('unreachable');
  });

  it('stored values expire after the same time as without fake timers', async () => {
    const storage = createMemoryStorage({ ttlMs: 3_600_000 });
    const store = await storage.open('it', { quotaBytes: 1000 });
    store.put('key', Uint8Array.of(1));
    vi.advanceTimersByTime(7_200_000);
    expect(store.get('key')).toEqual(Uint8Array.of(1));
  });

  it.skipIf('Deno' in globalThis)(
    'a clock that a guest may wait for goes on (not on Deno, where fake timers stop it)',
    () => {
      const { monotonicNs } = guardSources();
      const began = monotonicNs();
      let looks = 0;
      while (monotonicNs() === began) looks += 1;
      expect(looks).toBeLessThan(1_000_000);
    },
  );

  it.each([0, Date.UTC(1969, 0, 1), Date.UTC(2100, 0, 1)])(
    'a plugin is loaded whatever date it is: %d',
    async (date) => {
      vi.setSystemTime(date);
      const plugin = await openHost({ functions: [greet] }).load(
        await buildPlugin({ functions: { greet: behave.answer({ _v: 1, text: 'hello' }) } }),
      );
      expect(plugin.metadata.handshake_completed_at).toBeGreaterThan(Date.UTC(2024, 0, 1) / 1000);
      expect(plugin.dispatchSync(greet, {})).toMatchObject({ kind: 'ok' });
    },
  );

  it('plugins see the date that a test sets, if WASI can express it', () => {
    const { nowUnixMs } = guardSources();
    vi.setSystemTime(Date.UTC(2030, 5, 1));
    expect(nowUnixMs()).toBe(Date.UTC(2030, 5, 1));
    vi.setSystemTime(Date.UTC(1969, 0, 1));
    expect(refusalOf(nowUnixMs)).toMatchObject({
      code: 'source_failed',
      detail: 'Date.now returned an invalid value',
    });
  });

  it('the runtime’s own timers fire', async () => {
    const fired = new Promise<string>((resolve) => {
      clock.setTimeout(() => resolve('timer'), 1);
    });
    expect(await fired).toBe('timer');
    const turned = new Promise<string>((resolve) => {
      clock.setImmediate(() => resolve('turn'));
    });
    expect(await turned).toBe('turn');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('the runtime can be imported after fake timers were installed', async () => {
    vi.resetModules();
    const { clock: late } = (await import('./clock.ts')) as { clock: typeof clock };
    expect(late).not.toBe(clock);
    const began = late.nowMs();
    let looks = 0;
    while (late.nowMs() === began && looks < 1_000_000) looks += 1;
    expect(late.nowMs()).toBeGreaterThan(began);
  });
});
