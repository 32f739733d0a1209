import { behave, type Behaviour } from '@plugwire/pdk-fixtures';
import { defineWireFunction, type WireFunction } from '@plugwire/wire';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineHostFunction } from '../host-functions/define-host-function.ts';
import { callFromGuest } from '../host-functions/testing/call-from-guest.ts';
import { openFunctions } from '../sandbox/testing/open-sandbox.ts';
import { keepLines } from '../testing/keep-lines.ts';
import { openPlugin } from '../testing/open-plugin.ts';
import { useStepClock } from '../testing/step-clock.ts';
import type { LoadOptions } from '../load/load-options.ts';
import type { Plugin } from './plugin.ts';

/** The deadline of a call in these tests. Their clock moves only when it is read or set. */
const DEADLINE_MS = 1_000;
const LATE_MS = 2 * DEADLINE_MS;

const items = z.strictObject({ items: z.array(z.string()) });
const nothing = z.strictObject({});

const defineAct = (response: z.ZodType, sample: unknown) =>
  defineWireFunction({
    name: 'act',
    fallback: 'silent_skip',
    request: items,
    response,
    sample: { request: { items: [] }, response: sample as never },
  });

const open = async (contract: WireFunction, act: Behaviour, options: LoadOptions = {}): Promise<Plugin> =>
  await openPlugin(
    { functions: { act } },
    { functions: [contract] },
    {
      ...options,
      limits: { deadlineMs: DEADLINE_MS, ...options.limits },
    },
  );

const errorOf = (plugin: Plugin, contract: WireFunction, request: unknown = { items: [] }) => {
  const outcome = plugin.dispatchSync(contract, request);
  return outcome.kind === 'ok' ? 'ok' : `${outcome.error.stage}/${outcome.error.code}`;
};

const list = (count: number, item: string): string => `[${Array(count).fill(item).join(',')}]`;
const answer = (value: string): Behaviour => behave.answerText(`{"_v":1,"value":${value}}`);

describe('an answer after the deadline fails the call', () => {
  it('if the schema took the time', async () => {
    let wait = (): void => undefined;
    const slow = z.string().refine(() => {
      wait();
      return true;
    });
    const contract = defineAct(z.strictObject({ value: slow }), { value: '' });
    const plugin = await open(contract, answer('"x"'));
    expect(errorOf(plugin, contract)).toBe('ok');
    const clock = useStepClock();
    wait = () => clock.wait(LATE_MS);
    expect(errorOf(plugin, contract)).toBe('plugin_call/deadline');
    wait = () => undefined;
    expect(errorOf(plugin, contract)).toBe('ok');
  });

  it('if an adapter from an older version took the time', async () => {
    let wait = (): void => undefined;
    const contract = defineAct(z.strictObject({ value: z.string() }), { value: '' }).next({
      request: items,
      response: z.strictObject({ newer: z.string() }),
      sample: { request: { items: [] }, response: { newer: '' } },
      downgradeRequest: (request) => request,
      upgradeResponse: () => {
        wait();
        return { newer: 'x' };
      },
    });
    const plugin = await openPlugin(
      { functions: { act: { behaviour: answer('"x"'), versions: [1] } } },
      { functions: [contract] },
      { limits: { deadlineMs: DEADLINE_MS } },
    );
    expect(errorOf(plugin, contract)).toBe('ok');
    const clock = useStepClock();
    wait = () => clock.wait(LATE_MS);
    expect(errorOf(plugin, contract)).toBe('plugin_call/deadline');
  });

  it('if reading the answer took the time, and reading stops', async () => {
    const contract = defineAct(z.strictObject({ value: z.array(z.string()) }), { value: [] });
    const plugin = await open(contract, answer(list(100_000, '""')));
    expect(errorOf(plugin, contract)).toBe('ok');
    const clock = useStepClock();
    const before = clock.atMs();
    expect(plugin.dispatchSync(contract, { items: [] }, { deadlineMs: 20 })).toMatchObject({
      error: { stage: 'plugin_call', code: 'deadline' },
    });
    expect(clock.atMs() - before).toBeLessThan(40);
  });

  it('if the last steps of the guest took the time', async () => {
    let wait = (): void => undefined;
    const logger = Object.assign(keepLines().logger, { info: () => wait() });
    const sandbox = await openFunctions(
      { run: behave.log('info', 'one line') },
      { logger, limits: { deadlineMs: DEADLINE_MS } },
    );
    expect(sandbox.call('run')).toBeNull();
    const clock = useStepClock();
    wait = () => clock.wait(LATE_MS);
    expect(() => sandbox.call('run')).toThrow(expect.objectContaining({ code: 'deadline' }));
  });
});

describe('a request', () => {
  it('that takes too long to validate is not sent, and does not count at the breaker', async () => {
    let wait = (): void => undefined;
    const request = z.strictObject({
      items: z.array(z.string()).refine(() => {
        wait();
        return true;
      }),
    });
    const contract = defineWireFunction({
      name: 'act',
      fallback: 'use_default',
      request,
      response: nothing,
      sample: { request: { items: [] }, response: {} },
    }).withDefault(() => ({}));
    const plugin = await open(contract, behave.answerText('{"_v":1}'));
    expect(errorOf(plugin, contract)).toBe('ok');
    const { totalFuel } = plugin.health().usage;
    const clock = useStepClock();
    wait = () => clock.wait(LATE_MS);
    for (let times = 0; times < 30; times += 1)
      expect(plugin.dispatchSync(contract, { items: [] })).toMatchObject({
        error: { stage: 'plugin_call', code: 'deadline' },
        response: {},
      });
    expect(plugin.health()).toMatchObject({ breaker: 'closed', status: 'ready', usage: { totalFuel } });
  });

  it('with a million wrong items is refused at the first one', async () => {
    const contract = defineAct(z.strictObject({ value: z.string() }), { value: '' });
    const plugin = await open(contract, answer('""'));
    const outcome = plugin.dispatchSync(contract, { items: Array(1_000_000).fill(1) as string[] });
    expect(outcome).toMatchObject({
      error: { stage: 'request_envelope', message: 'request.items[]: expected string' },
    });
  });
});

describe('an answer of a megabyte', () => {
  const any = defineAct(z.strictObject({ value: z.array(z.unknown()) }), { value: [] });
  const MOST = 65_536;
  /** Objects, arrays and keys around the list. */
  const AROUND = 4;

  it.each([
    ['elements that do not count', list(400_000, '1'), 'ok'],
    ['as many objects as allowed', list(MOST - AROUND, '{}'), 'ok'],
    ['one object more than allowed', list(MOST - AROUND + 1, '{}'), 'plugin_call/output_too_complex'],
    ['a third of a million objects', list(340_000, '{}'), 'plugin_call/output_too_complex'],
    [
      'a hundred thousand keys',
      `[{${Array.from({ length: 100_000 }, (_, at) => `"${at}":0`).join()}}]`,
      'plugin_call/output_too_complex',
    ],
    ['125 levels, many times', list(250, `${'['.repeat(125)}${']'.repeat(125)}`), 'ok'],
    ['one level too deep', list(250, `${'['.repeat(127)}${']'.repeat(127)}`), 'response_decode/too_deep'],
    [
      'half a million levels',
      `${'['.repeat(500_000)}${']'.repeat(500_000)}`,
      'plugin_call/output_too_complex',
    ],
    ['not JSON', `[${'x'.repeat(900_000)}`, 'deserialize_response/not_json'],
    ['a string', `["${'x'.repeat(1_000_000)}"]`, 'ok'],
  ])('is read within the limits: %s', async (_, value, end) => {
    expect(errorOf(await open(any, answer(value)), any)).toBe(end);
  });

  it('is not decoded if there is not enough time', async () => {
    const plugin = await open(
      any,
      answer(`[{${Array.from({ length: 60_000 }, (_, at) => `"${at}":0`).join()}}]`),
    );
    expect(errorOf(plugin, any)).toBe('ok');
    useStepClock();
    const outcome = plugin.dispatchSync(any, { items: [] }, { deadlineMs: 60 });
    expect(outcome).toMatchObject({
      error: {
        code: 'deadline',
        message: expect.stringContaining('the output cannot be read in the time that is left'),
      },
    });
    expect(errorOf(plugin, any)).toBe('ok');
  });
});

describe('an argument of a host function', () => {
  const take = (schema: z.ZodType) =>
    defineHostFunction({ name: 'receive', parameters: [schema], run: () => undefined });

  it.each([
    ['fits', z.array(z.string()), list(200_000, '""'), { raw: undefined }],
    ['is refused at its first wrong item', z.array(z.string()), list(400_000, '1'), { code: 'bad_argument' }],
    [
      'has more objects than limits.outputNodes allows',
      z.array(z.unknown()),
      list(70_000, '{}'),
      { code: 'bad_argument' },
    ],
    [
      'nests too deep',
      z.array(z.unknown()),
      list(200, `${'['.repeat(128)}${']'.repeat(128)}`),
      { code: 'bad_argument' },
    ],
  ])('%s', async (_, schema, text, end) => {
    expect(await callFromGuest(take(schema), [text])).toMatchObject(end);
  });

  it('ends the call if there is not enough time to read it', async () => {
    useStepClock();
    const call = await callFromGuest(take(z.array(z.string())), [list(200_000, '""')], {
      limits: { deadlineMs: 25 },
    });
    expect(call).toMatchObject({ code: 'deadline' });
  });
});

describe('the size of other texts of a plugin is limited', () => {
  const long = 'x'.repeat(1_000_000);

  it('for an error text, of which 4,096 bytes are kept', async () => {
    const contract = defineAct(nothing, {});
    const plugin = await openPlugin(
      { functions: { act: behave.guestError(long) } },
      { functions: [contract], revealGuestErrors: true },
    );
    const outcome = plugin.dispatchSync(contract, { items: [] });
    expect(outcome).toMatchObject({ error: { code: 'guest_error' } });
    expect(outcome.kind === 'ok' ? 0 : outcome.error.message.length).toBeLessThan(4_096 + 200);
  });

  it('for a log line', async () => {
    const { lines, logger } = keepLines();
    const sandbox = await openFunctions({ run: behave.log('info', long) }, { logger });
    sandbox.call('run');
    expect(lines).toHaveLength(1);
    expect(JSON.stringify(lines[0]).length).toBeLessThan(4_096 + 200);
  });

  it('for a stored value', async () => {
    const contract = defineAct(nothing, {});
    const put = behave.callHostFunction({ name: 'cc_lb_storage_put', args: ['key', long] });
    const plugin = await openPlugin(
      { functions: { act: put }, requiredCapabilities: ['storage'] },
      { functions: [contract] },
      { name: 'it', capabilities: ['storage'], limits: { storageBytes: 1_000 } },
    );
    expect(errorOf(plugin, contract)).toBe('plugin_call/storage_quota');
  });

  it('for a configuration key, which is not decoded if it is longer than all given keys', async () => {
    const sandbox = await openFunctions({ run: behave.configGet(long) }, { config: { [long]: 'found' } });
    expect(sandbox.call('run')).toBeNull();
  });
});
