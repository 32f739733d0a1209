import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { failingPlugin } from '../failures/failing-plugin.ts';
import { PLUGIN_FAILURES } from '../failures/plugin-failures.ts';
import { measure } from './measure.ts';
import { openTestPlugin } from '../plugins/open-test-plugin.ts';
import { greet } from '../testing/contracts.ts';

describe('a measured dispatch', () => {
  it('has the outcome, and the fuel, memory and time of this call', async () => {
    const grows = behave.sequence(
      behave.wat('(drop (memory.grow (i32.const 1))) (i32.const 0)'),
      behave.answer({ _v: 1, text: 'grown' }),
    );
    await using test = await openTestPlugin(buildPlugin({ functions: { greet: grows } }), [greet]);
    const first = measure(test.plugin, greet, { name: 'Ada' });
    const second = measure(test.plugin, greet, { name: 'Ada' });
    expect(first).toMatchObject({
      outcome: { kind: 'ok', response: { text: 'grown' } },
      memoryBytes: 2 * 65_536,
    });
    expect(second).toMatchObject({ memoryBytes: 3 * 65_536, fuel: first.fuel });
    expect(first.fuel).toBe(test.plugin.health().usage.lastFuel);
    expect(first.durationMs).toBeGreaterThanOrEqual(0);
    expect(Number.isFinite(first.durationMs)).toBe(true);
  });

  it.each(
    PLUGIN_FAILURES.filter(({ code }) => ['request_too_large', 'no_function', 'breaker_open'].includes(code)),
  )('has fuel 0 if the guest was not entered: $code', async (failure) => {
    const failing = await failingPlugin(greet, failure as never);
    await using test = await openTestPlugin(failing, [greet]);
    await failing.prepare(test.plugin);
    const measured = measure(test.plugin, greet, { name: 'Ada' });
    expect(measured).toMatchObject({ fuel: 0, outcome: { error: failure } });
  });

  it.each([
    ['no time is left', { deadlineMs: 0 }, { name: 'Ada' }],
    ['the request is too large', {}, { name: 'x'.repeat(2000) }],
  ])('has fuel 0, also after another call, if %s', async (_, options, request) => {
    const answers = buildPlugin({ functions: { greet: behave.answer({ _v: 1, text: 'x' }) } });
    await using test = await openTestPlugin(answers, [greet], { load: { limits: { requestBytes: 1000 } } });
    expect(measure(test.plugin, greet, { name: 'Ada' }).fuel).toBeGreaterThan(0);
    expect(measure(test.plugin, greet, request, options)).toMatchObject({
      fuel: 0,
      outcome: { kind: 'fallback' },
    });
  });
});
