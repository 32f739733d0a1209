import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { behave, type Behaviour, buildPlugin } from '@plugwire/pdk-fixtures';
import { defineWireFunction } from '@plugwire/wire';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineHostFunction } from '../host-functions/define-host-function.ts';
import { HostFunctionError } from '../host-functions/host-function-error.ts';
import { CHANNELS } from '../observe/channels.ts';
import type { PluginHost, PluginHostOptions } from '../host/plugin-host.ts';
import type { Plugin } from '../plugin/plugin.ts';
import { createMemoryStorage } from '../storage/create-memory-storage.ts';
import { act, ask } from '../testing/contracts.ts';
import { keepLines } from '../testing/keep-lines.ts';
import { openHost } from '../testing/open-plugin.ts';
import { defineRecording } from './define-recording.ts';
import type { Recording } from './recording.ts';

const keepAll = <Value>(value: Value): Value => value;
const KEEP = { request: keepAll, response: keepAll, hostCall: keepAll };

const openRecording = (options: Partial<PluginHostOptions> = {}): PluginHost =>
  openHost({ functions: [act, ask], recordings: [defineRecording(act, { redact: KEEP })], ...options });

const load = async (host: PluginHost, name: string, behaviour: Behaviour, capabilities: string[] = []) =>
  await host.load(await buildPlugin({ functions: { act: behaviour }, requiredCapabilities: capabilities }), {
    name,
    capabilities,
    storageScope: 'shared',
  });

const recordingOf = (plugin: Plugin): Recording => plugin.recordings()[0] as Recording;

/** Records two requests to one plugin, replays them to another, and returns the report. */
const replayTo = async (recorded: Behaviour, next: Behaviour, host = openRecording()) => {
  const old = await load(host, 'old', recorded);
  for (const text of ['one', 'two']) old.dispatchSync(act, { text });
  return await (await load(host, 'new', next)).replay(recordingOf(old));
};

const answer = (text: string) => behave.answer({ text, _v: 1 });

describe('a replay', () => {
  it('finds no difference if the shapes are equal', async () => {
    expect(await replayTo(answer('a'), answer('b'))).toEqual({
      function: 'act',
      calls: 2,
      same: 2,
      improved: 0,
      unfit: 0,
      differences: [],
    });
  });

  it('also compares values with answers equal', async () => {
    const host = openRecording();
    const old = await load(host, 'old', answer('a'));
    old.dispatchSync(act, { text: 'one' });
    const next = await load(host, 'new', answer('b'));
    expect((await next.replay(recordingOf(old), { answers: 'equal' })).differences).toEqual([
      { call: 0, kind: 'answer', recorded: 'ok', replayed: 'ok' },
    ]);
    expect((await old.replay(recordingOf(old), { answers: 'equal' })).differences).toEqual([]);
  });

  it('finds calls that fail, and calls that fail with another code', async () => {
    const trap = behave.trap('unreachable');
    expect((await replayTo(answer('a'), trap)).differences).toEqual([
      { call: 0, kind: 'outcome', recorded: 'ok', replayed: 'plugin_call/unreachable' },
      { call: 1, kind: 'outcome', recorded: 'ok', replayed: 'plugin_call/unreachable' },
    ]);
    expect((await replayTo(trap, behave.emptyOutput())).differences).toMatchObject([
      { recorded: 'plugin_call/unreachable', replayed: 'deserialize_response/empty_output' },
      {},
    ]);
    expect(await replayTo(trap, trap)).toMatchObject({ same: 2, differences: [] });
    expect(await replayTo(trap, answer('a'))).toMatchObject({ same: 0, improved: 2, differences: [] });
  });

  it('can be limited to the latest calls', async () => {
    const host = openRecording();
    const old = await load(host, 'old', answer('a'));
    for (const text of ['one', 'two', 'three']) old.dispatchSync(act, { text });
    const report = await old.replay(recordingOf(old), { calls: 2, answers: 'equal' });
    expect(report).toMatchObject({ calls: 2, same: 2 });
  });

  it('counts requests that no longer fit the contract', async () => {
    const host = openRecording();
    const old = await load(host, 'old', answer('a'));
    old.dispatchSync(act, { text: 'one' });
    const recording = recordingOf(old);
    const [call] = recording.calls;
    const other = { ...recording, calls: [{ ...call, request: { words: 'one' } }] } as Recording;
    expect(await old.replay(other)).toMatchObject({ calls: 0, unfit: 1 });
    const deep = JSON.parse(`{"text":${'['.repeat(50_000)}${']'.repeat(50_000)}}`) as object;
    for (const response of [{ text: 7 }, deep]) {
      const answered = { ...call, outcome: { kind: 'ok', response } };
      const wrong = { ...recording, calls: [answered] } as Recording;
      expect(await old.replay(wrong)).toMatchObject({ calls: 0, unfit: 1, differences: [] });
    }
    const foreign = { ...recording, header: { ...recording.header, function: 'other' } };
    await expect(old.replay(foreign)).rejects.toMatchObject({ code: 'bad_recording' });
  });

  it('changes no metric, writes no log line, publishes no event, and does not use the serving instance', async () => {
    const registry = new Registry();
    const { lines, logger } = keepLines();
    const host = openRecording({ registry, logger });
    const old = await load(host, 'old', answer('a'));
    old.dispatchSync(act, { text: 'one' });
    const next = await load(
      host,
      'new',
      behave.sequence(behave.log('error', 'here'), behave.trap('unreachable')),
    );
    const before = { metrics: await registry.metrics(), lines: lines.length, health: next.health() };
    const events: unknown[] = [];
    const listen = (event: unknown): void => void events.push(event);
    subscribe(CHANNELS.dispatchFailed, listen);
    await next.replay(recordingOf(old));
    unsubscribe(CHANNELS.dispatchFailed, listen);
    expect({ metrics: await registry.metrics(), lines: lines.length, health: next.health() }).toEqual(before);
    expect(events).toEqual([]);
  });
});

describe('the shape of an answer', () => {
  const judge = defineWireFunction({
    name: 'judge',
    fallback: 'silent_skip',
    request: z.strictObject({}),
    response: z.strictObject({
      verdict: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('allow') }),
        z.strictObject({ kind: z.literal('deny'), reason: z.string().nullable() }),
      ]),
      tags: z.array(z.strictObject({ name: z.string(), weight: z.number().optional() })).optional(),
      notes: z.record(z.string(), z.string().nullable()).optional(),
    }),
    sample: { request: {}, response: { verdict: { kind: 'allow' } } },
  });

  it.each<[object, object, string | undefined]>([
    [{ verdict: { kind: 'allow' } }, { verdict: { kind: 'allow' } }, undefined],
    [{ verdict: { kind: 'allow' } }, { verdict: { kind: 'deny', reason: 'x' } }, '/verdict/kind'],
    [
      { verdict: { kind: 'deny', reason: 'x' } },
      { verdict: { kind: 'deny', reason: null } },
      '/verdict/reason',
    ],
    [{ verdict: { kind: 'allow' } }, { verdict: { kind: 'allow' }, tags: [] }, '/tags'],
    [
      { verdict: { kind: 'allow' }, tags: [] },
      { verdict: { kind: 'allow' }, tags: [{ name: 'a' }] },
      '/tags/[]',
    ],
    [
      { verdict: { kind: 'allow' }, tags: [{ name: 'a' }] },
      { verdict: { kind: 'allow' }, tags: [{ name: 'b' }, { name: 'c' }] },
      undefined,
    ],
    [
      { verdict: { kind: 'allow' }, tags: [{ name: 'a' }] },
      { verdict: { kind: 'allow' }, tags: [{ name: 'b' }, { name: 'c', weight: 1 }] },
      '/tags/[]',
    ],
    [
      { verdict: { kind: 'allow' }, tags: [{ name: 'a' }] },
      { verdict: { kind: 'allow' }, tags: [{ name: 'a', weight: 1 }] },
      '/tags/[]/weight',
    ],
    [
      { verdict: { kind: 'allow' }, notes: { secret: 'a' } },
      { verdict: { kind: 'allow' }, notes: { other: 'b' } },
      undefined,
    ],
    [
      { verdict: { kind: 'allow' }, notes: { secret: 'a' } },
      { verdict: { kind: 'allow' }, notes: { secret: null } },
      '/notes/*',
    ],
  ])('differs if keys, options or empty lists differ (%#)', async (before, after, at) => {
    const host = openHost({ functions: [judge], recordings: [defineRecording(judge, { redact: KEEP })] });
    const plugin = async (name: string, response: object) =>
      await host.load(await buildPlugin({ functions: { judge: behave.answer({ ...response, _v: 1 }) } }), {
        name,
      });
    const old = await plugin('old', before);
    expect(old.dispatchSync(judge, {}).kind).toBe('ok');
    const { differences } = await (await plugin('new', after)).replay(recordingOf(old));
    expect(differences.map((difference) => difference.at)).toEqual(at === undefined ? [] : [at]);
  });
});

const read = (key: string) =>
  behave.callHostFunction({ name: 'cc_lb_storage_get', args: [key], result: 'i64', answersResult: true });
const write = (text: string) =>
  behave.callHostFunction({ name: 'cc_lb_storage_put', args: ['key', `{"_v":1,"text":"${text}"}`] });

describe('host functions in a replay', () => {
  it('return recorded results and do not run', async () => {
    const storage = createMemoryStorage();
    const store = await storage.open('shared', { quotaBytes: 10_000 });
    const host = openRecording({ storage });
    store.put('key', Buffer.from('{"_v":1,"text":"then"}'));
    const old = await load(host, 'old', read('key'), ['storage']);
    expect(old.dispatchSync(act, { text: 'one' })).toMatchObject({ response: { text: 'then' } });
    store.put('key', Buffer.from('{"_v":1,"text":"now"}'));
    const next = await load(host, 'new', behave.sequence(write('lost'), read('key')), ['storage']);
    expect(await next.replay(recordingOf(old), { answers: 'equal' })).toMatchObject({
      same: 1,
      differences: [],
    });
    expect(Buffer.from(store.get('key') ?? []).toString()).toContain('now');
  });

  it('return the same result for the same arguments, and refuse others', async () => {
    const host = openRecording();
    const old = await load(host, 'old', behave.sequence(write('a'), read('key')), ['storage']);
    old.dispatchSync(act, { text: 'one' });
    const twice = await load(host, 'twice', behave.sequence(read('key'), read('key')), ['storage']);
    expect((await twice.replay(recordingOf(old))).differences).toEqual([]);
    const other = await load(host, 'other', read('other'), ['storage']);
    expect((await other.replay(recordingOf(old))).differences).toEqual([
      {
        call: 0,
        kind: 'host_call',
        recorded: 'ok',
        replayed: 'plugin_call/host_call_refused',
        at: 'cc_lb_storage_get',
      },
    ]);
  });

  it('return results in recorded order if the redactor hid the arguments', async () => {
    const hostCall = (call: { arguments: readonly unknown[] }) => ({ ...call, arguments: ['hidden'] });
    const host = openHost({
      functions: [act],
      recordings: [defineRecording(act, { redact: { ...KEEP, hostCall: hostCall as never } })],
    });
    const load2 = async (name: string, behaviour: Behaviour) =>
      await load(host, name, behaviour, ['storage']);
    await load2('writer', write('a')).then((plugin) => plugin.dispatchSync(act, { text: 'one' }));
    const old = await load2('old', read('key'));
    expect(old.dispatchSync(act, { text: 'one' })).toMatchObject({ response: { text: 'a' } });
    const next = await load2('new', read('another'));
    expect(await next.replay(recordingOf(old), { answers: 'equal' })).toMatchObject({ same: 1 });
  });

  it('fail as they failed in the recording', async () => {
    const refusing = defineHostFunction({
      name: 'refusing',
      parameters: ['text'],
      result: z.strictObject({ text: z.string() }),
      onError: 'error_result',
      run: () => {
        throw new HostFunctionError('no such tenant');
      },
    });
    const throwing = defineHostFunction({
      name: 'throwing',
      run: () => {
        throw new Error('broken');
      },
    });
    const host = openRecording({ hostFunctions: [refusing, throwing] });
    const replayOnce = async (name: string, behaviour: Behaviour) => {
      const plugin = await load(host, name, behaviour);
      plugin.dispatchSync(act, { text: 'one' });
      const recording = recordingOf(plugin);
      return { recording, report: await plugin.replay(recording) };
    };
    const told = await replayOnce(
      'told',
      behave.callHostFunction({ name: 'refusing', args: ['a'], result: 'i64', answersResult: true }),
    );
    expect(told.recording.calls[0]?.hostCalls[0]?.error).toEqual({
      code: 'host_function_failed',
      guestMessage: 'no such tenant',
    });
    expect(told.report).toMatchObject({ same: 1, differences: [] });
    const ended = await replayOnce('ended', behave.callHostFunction({ name: 'throwing' }));
    expect(ended.recording.calls[0]?.outcome).toMatchObject({ code: 'host_function_failed' });
    expect(ended.report).toMatchObject({ same: 1, differences: [] });
  });
});
