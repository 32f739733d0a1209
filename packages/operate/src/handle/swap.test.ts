import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { behave } from '@plugwire/pdk-fixtures';
import { CHANNELS } from '@plugwire/runtime';
import { createMetricSpy } from '@plugwire/testing';
import { DISPATCH_STAGES } from '@plugwire/wire';
import { describe, expect, it } from 'vitest';

import { answering, behaving, greet, openOperator } from '../testing/open-operator.ts';
import type { PluginHandle } from './plugin-handle.ts';

const textOf = (handle: Pick<PluginHandle, 'dispatchSync'>): string => {
  const outcome = handle.dispatchSync(greet, {});
  return outcome.kind === 'ok' ? outcome.response.text : outcome.error.code;
};

/** Returns the error of a dispatch without any time. */
const failureOf = (handle: PluginHandle): { readonly code: string } => {
  const outcome = handle.dispatchSync(greet, {}, { deadlineMs: 0 });
  return outcome.kind === 'fallback' ? outcome.error : { code: 'ok' };
};

describe('a swap', () => {
  it('moves all traffic at once, and keeps the handle', async () => {
    const { operator } = openOperator();
    const handle = operator.open('greeter');
    expect(textOf(handle)).toBe('not_loaded');
    await handle.swap(await answering('one'));
    expect(textOf(handle)).toBe('one');
    const report = await handle.swap(await answering('two', { version: '2.0.0' }));
    expect(report).toMatchObject({ how: 'swap', from: { version: '1.0.0' }, to: { version: '2.0.0' } });
    expect(textOf(handle)).toBe('two');
    expect(handle.health()).toMatchObject({
      state: 'serving',
      version: { plugin: 'greeter', version: '2.0.0', sha256: report.to.sha256 },
      previous: { version: '1.0.0' },
      functions: { greet: 1 },
      breaker: 'closed',
      recent: { dispatches: 3, fallbacks: 1 },
      lastSwap: report,
      lastFailure: undefined,
    });
  });

  it('loses no call, and every answer comes from one version', async () => {
    const { operator, host } = openOperator();
    const handle = operator.open('greeter');
    const versions = await Promise.all(['one', 'two'].map(async (text) => await answering(text)));
    await handle.swap(versions[0] as Uint8Array);
    const answers = new Map<string, number>();
    let isOver = false;
    const traffic = (async () => {
      while (!isOver) {
        for (let times = 0; times < 20; times += 1) {
          const text = textOf(handle);
          answers.set(text, (answers.get(text) ?? 0) + 1);
        }
        await new Promise(setImmediate);
      }
    })();
    for (let times = 1; times <= 20; times += 1) await handle.swap(versions[times % 2] as Uint8Array);
    isOver = true;
    await traffic;
    expect([...answers.keys()].toSorted()).toEqual(['one', 'two']);
    await handle.close();
    // None of the twenty versions is left under the name.
    await host.load(versions[0] as Uint8Array, { name: 'greeter' });
  });

  it.each([
    ['a missing file', './nowhere.wasm', { code: 'not_found' }],
    ['bytes that are not a module', new Uint8Array([1, 2, 3]), { code: 'not_wasm' }],
  ])('to %s changes nothing and reports the reason', async (_, source, failure) => {
    const { operator } = openOperator();
    const handle = operator.open('greeter');
    await handle.swap(await answering('one'));
    await expect(handle.swap(source)).rejects.toMatchObject(failure);
    expect(textOf(handle)).toBe('one');
    expect(handle.health()).toMatchObject({ state: 'serving', lastFailure: failure });
  });

  it('to a plugin whose self-check fails changes nothing', async () => {
    const { operator } = openOperator();
    const handle = operator.open('greeter');
    await handle.swap(await answering('one'));
    const { buildPlugin } = await import('@plugwire/pdk-fixtures');
    const broken = await buildPlugin({
      identity: { plugin_name: 'greeter' },
      functions: { greet: behave.answer({ text: 'two', _v: 1 }) },
      selfCheck: behave.trap('unreachable'),
    });
    await expect(handle.swap(broken)).rejects.toMatchObject({ stage: 'self_check' });
    expect(textOf(handle)).toBe('one');
  });

  it('to another plugin is refused without allowAnotherPlugin', async () => {
    const { operator } = openOperator();
    const handle = operator.open('greeter');
    await handle.swap(await answering('one'));
    const other = await answering('two', { name: 'other' });
    await expect(handle.swap(other)).rejects.toMatchObject({ code: 'another_plugin' });
    expect(textOf(handle)).toBe('one');
    await handle.swap(other, { allowAnotherPlugin: true });
    expect(textOf(handle)).toBe('two');
  });

  it('waits for the previous swap', async () => {
    const { operator } = openOperator();
    const handle = operator.open('greeter');
    const [one, two, three] = await Promise.all(['1', '2', '3'].map(async (text) => await answering(text)));
    await Promise.all([
      handle.swap(one as Uint8Array),
      expect(handle.swap(new Uint8Array())).rejects.toMatchObject({ stage: 'identity' }),
      handle.swap(two as Uint8Array),
      handle.swap(three as Uint8Array),
    ]);
    expect(textOf(handle)).toBe('3');
  });

  it('uses the options of the serving version by default', async () => {
    const { operator } = openOperator();
    const handle = operator.open('greeter');
    const reading = await behaving(behave.configGet('text'));
    await handle.swap(reading, { config: { text: '{"_v":1,"text":"configured"}' } });
    await handle.swap(reading);
    expect(textOf(handle)).toBe('configured');
    await handle.swap(reading, {});
    expect(textOf(handle)).toBe('empty_output');
  });

  it('is rejected if the handle closes meanwhile', async () => {
    const { operator } = openOperator();
    const handle = operator.open('greeter');
    const swapping = handle.swap(await answering('one'));
    await handle.close();
    await expect(swapping).rejects.toMatchObject({
      code: expect.stringMatching(/slot_closed|handle_closed/) as string,
    });
    await expect(handle.swap(await answering('one'))).rejects.toMatchObject({ code: 'handle_closed' });
    expect(handle.health().state).toBe('closed');
    expect(textOf(handle)).toBe('not_loaded');
    await operator.open('greeter').swap(await answering('one'));
  });

  it('is published with versions and hashes', async () => {
    const { operator } = openOperator();
    const messages: unknown[] = [];
    const listen = (message: unknown): void => void messages.push(message);
    subscribe(CHANNELS.swap, listen);
    const handle = operator.open('greeter');
    await handle.swap(await answering('one'));
    unsubscribe(CHANNELS.swap, listen);
    expect(messages).toMatchObject([{ plugin: 'greeter', from: undefined, to: { version: '1.0.0' } }]);
  });

  it('keeps the counters of the previous version', async () => {
    const metrics = createMetricSpy();
    const { operator } = openOperator({ registry: metrics.registry });
    const handle = operator.open('greeter');
    await handle.swap(await answering('one'));
    textOf(handle);
    await handle.swap(await answering('two'));
    textOf(handle);
    const text = await metrics.registry.metrics();
    expect(text).toContain('cc_lb_plugin_dispatch_total{plugin="greeter",function="greet",outcome="ok"} 2');
    expect(text).toContain(`version="1.0.0",sha256="${handle.health().version?.sha256 ?? ''}"} 1`);
  });
});

describe('a rollback', () => {
  it('returns to the previous version, and a second one returns to the new version', async () => {
    const { operator } = openOperator();
    const handle = operator.open('greeter');
    await handle.swap(await answering('one'));
    await handle.swap(await answering('two'));
    expect(handle.rollBack()).toMatchObject({ how: 'roll_back' });
    expect(textOf(handle)).toBe('one');
    handle.rollBack();
    expect(textOf(handle)).toBe('two');
  });

  it('needs a previous version that is still loaded', async () => {
    const { operator } = openOperator();
    const handle = operator.open('greeter');
    const nothing = expect.objectContaining({ code: 'nothing_to_roll_back' });
    await handle.swap(await answering('one'));
    expect(() => handle.rollBack()).toThrow(nothing);
    await handle.swap(await answering('two'));
    await handle.forgetPrevious();
    expect(() => handle.rollBack()).toThrow(nothing);
    expect(textOf(handle)).toBe('two');
  });
});

describe('a pinned version', () => {
  it('answers until it is released, even after swaps', async () => {
    const { operator } = openOperator();
    const handle = operator.open('greeter');
    await handle.swap(await answering('one'));
    const pinned = handle.pin();
    await handle.swap(await answering('two'));
    await handle.swap(await answering('three'));
    expect([textOf(handle), textOf(pinned)]).toEqual(['three', 'one']);
    pinned.release();
    pinned.release();
    await expect.poll(() => textOf(pinned)).toBe('closed');
  });

  it('returns the fallback while the name is disabled', async () => {
    const { operator } = openOperator();
    const handle = operator.open('greeter');
    await handle.swap(await answering('one'));
    const pinned = handle.pin();
    await handle.disable();
    expect(textOf(pinned)).toBe('disabled');
    await handle.enable();
    expect(textOf(pinned)).toBe('one');
  });

  it('has the same facts object in every pin, and another one after a swap to the same bytes', async () => {
    const { operator } = openOperator();
    const handle = operator.open('greeter');
    await handle.swap(await answering('one'));
    const first = handle.pin();
    expect(handle.pin().facts).toBe(first.facts);
    await handle.swap(await answering('one'));
    expect(handle.pin().facts).toEqual(first.facts);
    expect(handle.pin().facts).not.toBe(first.facts);
    handle.rollBack();
    expect(handle.pin().facts).toBe(first.facts);
  });

  it('cannot be created if no version serves', () => {
    const { operator } = openOperator();
    expect(() => operator.open('greeter').pin()).toThrow(expect.objectContaining({ code: 'not_loaded' }));
  });
});

describe('a disabled name', () => {
  it('returns the fallback at once, and serves again at once when it is enabled', async () => {
    const { operator } = openOperator();
    const handle = operator.open('greeter');
    await handle.swap(await answering('one'));
    await handle.disable();
    expect(textOf(handle)).toBe('disabled');
    expect(handle.health()).toMatchObject({ state: 'disabled', recent: { dispatches: 0 } });
    await handle.swap(await answering('two'));
    expect(textOf(handle)).toBe('disabled');
    await handle.enable();
    expect(textOf(handle)).toBe('two');
  });
});

describe('an explanation', () => {
  it('says what callers get if a stage fails', async () => {
    const { operator } = openOperator();
    const handle = operator.open('greeter');
    await handle.swap(await answering('one'));
    const [explained] = operator.explain('greeter');
    expect(explained).toMatchObject({ function: 'greet', policy: 'silent_skip', version: 1 });
    const stages = new Map(explained?.stages.map((stage) => [stage.stage, stage]));
    expect([...stages.keys()]).toEqual(DISPATCH_STAGES);
    expect(stages.get('request_envelope')).toMatchObject({ countsAs: 'refused', gives: 'no_answer' });
    const { code } = failureOf(handle);
    expect(stages.get('plugin_call')).toMatchObject({ countsAs: 'fallback', gives: 'no_answer' });
    expect(stages.get('plugin_call')?.codes).toContain(code);
    expect(() => operator.explain('other')).toThrow(expect.objectContaining({ code: 'unknown_name' }));
  });
});

describe('the operator', () => {
  it('lists its names and their health', async () => {
    const { operator } = openOperator();
    const handle = operator.open('greeter');
    expect(operator.get('greeter')).toBe(handle);
    expect(operator.health()).toMatchObject({ status: 'degraded', plugins: [{ state: 'not_loaded' }] });
    await handle.swap(await answering('one'));
    expect(operator.health().status).toBe('ready');
    expect(await handle.ping()).toEqual({ ok: true });
    expect(() => operator.open('greeter')).toThrow(expect.objectContaining({ code: 'name_taken' }));
    expect(() => operator.get('gretter')).toThrow('expected one of greeter');
    await operator.close();
    expect(operator.health()).toMatchObject({ status: 'closed', plugins: [] });
    expect(() => operator.open('other')).toThrow(expect.objectContaining({ code: 'handle_closed' }));
  });
});
