import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { defineHostFunction } from '@plugwire/runtime';
import { beforeEach, describe, expect, it, vi } from 'vitest';

import { failingPlugin } from '../failures/failing-plugin.ts';
import { openTestPlugin, type TestPluginOptions } from './open-test-plugin.ts';
import { greet } from '../testing/contracts.ts';
import { useFakeClock } from '../../../runtime/src/testing/use-fake-clock.ts';

describe('the time of a plugin that is opened for a test', () => {
  beforeEach(() => {
    useFakeClock();
  });

  /** The result of a call whose host function takes this long. */
  const endAfter = async (ms: number, options: TestPluginOptions = {}): Promise<string> => {
    const slow = defineHostFunction({ name: 'slow', run: () => void vi.advanceTimersByTime(ms) });
    const greets = behave.sequence(
      behave.callHostFunction({ name: 'slow' }),
      behave.answer({ _v: 1, text: 'at last' }),
    );
    await using test = await openTestPlugin(buildPlugin({ functions: { greet: greets } }), [greet], {
      ...options,
      host: { ...options.host, hostFunctions: [slow] },
    });
    const outcome = test.plugin.dispatchSync(greet, { name: 'Ada' });
    return outcome.kind === 'ok' ? 'ok' : outcome.error.code;
  };

  it('is ten seconds for a call by default, more than in production', async () => {
    expect(await endAfter(9_999)).toBe('ok');
    expect(await endAfter(10_000)).toBe('deadline');
  });

  it.each<[string, TestPluginOptions]>([
    ['the host', { host: { limits: { deadlineMs: 50 } } }],
    ['the load', { load: { limits: { deadlineMs: 50 } } }],
    ['the function', { load: { limits: { functions: { greet: { deadlineMs: 50 } } } } }],
  ])('can be set for %s', async (_, options) => {
    expect(await endAfter(50, options)).toBe('deadline');
  });

  it('is still ten seconds if the test sets other limits', async () => {
    expect(await endAfter(9_999, { host: { limits: { fuel: 1_000_000 } } })).toBe('ok');
  });
});

describe('the time of a plugin that fails by its deadline', () => {
  it('is short', async () => {
    const failure = { stage: 'plugin_call', code: 'deadline' } as const;
    const failing = await failingPlugin(greet, failure);
    await using test = await openTestPlugin(failing, [greet]);
    expect(failing.loadOptions.limits?.functions?.['greet']?.deadlineMs).toBe(5);
    expect(test.plugin.dispatchSync(greet, { name: 'Ada' })).toMatchObject({ error: failure });
  });
});
