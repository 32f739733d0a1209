import {
  behave,
  type Behaviour,
  buildFixture,
  buildPlugin,
  type FixtureName,
  fixtures,
} from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import type { LimitOptions } from '../base/limits.ts';
import { defineAsking, greet } from '../testing/contracts.ts';
import { endOfLoad, LOADED } from '../testing/end-of-load.ts';

const refusal = (code: string) => ({ name: 'PluginLoadError', stage: 'self_check', code });

const selfCheckBy = async (selfCheck: Behaviour) => await buildPlugin({ ...fixtures.honest, selfCheck });

const SUCCESS = '"status":"success","failures":[],"completed_at":1';
const failure = (fields: string): Behaviour =>
  behave.answerText(`{"status":"failure","failures":[${fields}],"completed_at":1}`);

describe('a self-check with a malformed answer', () => {
  it.each([
    ['null', 'null'],
    ['a number', '1'],
    ['a key twice, the second one wrong', `{${SUCCESS},"status":7}`],
    ['a __proto__ key', `{${SUCCESS},"__proto__":{"status":"success"}}`],
    ['a __proto__ key alone', '{"__proto__":{"status":"success","failures":[],"completed_at":1}}'],
    ['a status in capitals', '{"status":"Success","failures":[],"completed_at":1}'],
    ['failures that are not a list', '{"status":"success","failures":{},"completed_at":1}'],
    ['a time that is a string', '{"status":"success","failures":[],"completed_at":"1"}'],
    ['a time that no integer can hold', '{"status":"success","failures":[],"completed_at":1e300}'],
    ['a time above 2^53', '{"status":"success","failures":[],"completed_at":9007199254740993}'],
  ])('fails with response_malformed for %s', async (_, text) => {
    expect(await endOfLoad(await selfCheckBy(behave.answerText(text)))).toMatchObject(
      refusal('response_malformed'),
    );
  });

  it.each([
    ['without a message', '{"stage":"wire_function_test"}'],
    ['with a message that is not a string', '{"stage":"wire_function_test","message":7}'],
    ['with an extra key', '{"stage":"wire_function_test","message":"x","secret":1}'],
    ['with a __proto__ key', '{"stage":"wire_function_test","message":"x","__proto__":{}}'],
    ['without a stage', '{"message":"x"}'],
    ['that is null', 'null'],
  ])('fails with response_malformed for a failure %s', async (_, fields) => {
    expect(await endOfLoad(await selfCheckBy(failure(fields)))).toMatchObject(refusal('response_malformed'));
  });
});

describe('a self-check at its limits', () => {
  it.each<[FixtureName, LimitOptions]>([
    ['selfCheckAtLimit', {}],
    ['selfCheckAtLimit', { outputBytes: 1, requestBytes: 1 }],
  ])('accepts 8 KiB of output, whatever the limits of functions are: %s %j', async (fixture, limits) => {
    expect(await endOfLoad(await buildFixture(fixture), { limits })).toMatchObject(LOADED);
  });

  it('gets at most 16 functions, because a plugin cannot implement more', async () => {
    const names = Array.from({ length: 16 }, (_, at) => `f${String(at).padStart(2, '0')}`);
    const complains = behave.wat('(call $env.error_set (call $env.input_offset)) (i32.const 1)');
    const functions = Object.fromEntries(names.map((name) => [name, behave.noOutput()]));
    const bytes = await buildPlugin({ functions, selfCheck: complains });
    const { message } = await endOfLoad(
      bytes,
      {},
      { functions: names.map(defineAsking), revealGuestErrors: true },
    );
    const request = JSON.parse(String(message).split('It says: ')[1] ?? '') as Record<string, unknown>;
    expect(request).toEqual({ functions_to_test: names, initiated_at: expect.any(Number) as number });
    expect(Math.abs((request.initiated_at as number) - Date.now() / 1000)).toBeLessThan(60);
    expect(Number.isInteger(request.initiated_at)).toBe(true);
  });

  it('gets only negotiated functions', async () => {
    const complains = behave.wat('(call $env.error_set (call $env.input_offset)) (i32.const 1)');
    const functions = {
      greet: behave.noOutput(),
      later: { versions: [2], chosen: false, behaviour: behave.noOutput() },
    } as const;
    const bytes = await buildPlugin({ functions, selfCheck: complains });
    const { message } = await endOfLoad(
      bytes,
      {},
      { functions: [greet, defineAsking('later')], revealGuestErrors: true },
    );
    expect(message).toContain('"functions_to_test":["greet"]');
  });
});

describe('the messages of a failed self-check', () => {
  it.each<[FixtureName, string]>([
    ['selfCheckFails', 'wire_function_test: secret of the self-check'],
    ['selfCheckGuestError', 'secret of the self-check'],
  ])('are shown only with revealGuestErrors: %s', async (fixture, words) => {
    const bytes = await buildFixture(fixture);
    const hidden = await endOfLoad(bytes, {}, { revealGuestErrors: false });
    const shown = await endOfLoad(bytes, {}, { revealGuestErrors: true });
    expect(JSON.stringify(hidden)).not.toContain('secret');
    expect(shown.message).toContain(words);
    expect({ stage: shown.stage, code: shown.code }).toEqual({ stage: hidden.stage, code: hidden.code });
  });

  it('are never shown for a malformed answer', async () => {
    for (const fixture of ['selfCheckExtraKey', 'selfCheckUnknownStage', 'selfCheckNotJson'] as const) {
      const shown = await endOfLoad(await buildFixture(fixture), {}, { revealGuestErrors: true });
      expect(shown.message).not.toMatch(/secret|breakfast/);
    }
  });

  it('name each stage once', async () => {
    const { message } = await endOfLoad(await buildFixture('selfCheckFailsSixteenTimes'));
    expect(String(message).split('wire_function_test')).toHaveLength(2);
  });
});
