import { behave, buildPlugin, type PluginDescription } from '@plugwire/pdk-fixtures';
import { defineWireFunction, u64 } from '@plugwire/wire';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineHostFunction } from '../host-functions/define-host-function.ts';
import type { LoadOptions } from '../load/load-options.ts';
import type { PluginHostOptions } from '../host/plugin-host.ts';
import type { Plugin } from '../plugin/plugin.ts';
import { act, ask } from '../testing/contracts.ts';
import { openHost } from '../testing/open-plugin.ts';
import { defineRecording, type RecordingOptions } from './define-recording.ts';
import { formatRecordings, parseRecordings } from './recording-text.ts';

const keepAll = <Value>(value: Value): Value => value;
const KEEP = { request: keepAll, response: keepAll, hostCall: keepAll };

/** A recording of `act` for tests. By default it keeps everything. */
const recordAct = (options: Partial<RecordingOptions<typeof act>> = {}) =>
  defineRecording(act, { redact: KEEP, ...options });

const load = async (
  functions: PluginDescription['functions'],
  hostOptions: Partial<PluginHostOptions> = {},
  loadOptions: LoadOptions = {},
): Promise<Plugin> => {
  const host = openHost({ functions: [act, ask], recordings: [recordAct()], ...hostOptions });
  return await host.load(
    await buildPlugin({
      identity: { plugin_name: 'tested', plugin_version: '1.2.3' },
      ...(functions === undefined ? {} : { functions }),
      requiredCapabilities: [...(loadOptions.capabilities ?? [])],
    }),
    { name: 'tested', ...loadOptions },
  );
};

/** Returns the recording of the only recorded function. */
const recordingOf = (plugin: Plugin) => {
  const [recording] = plugin.recordings();
  if (recording === undefined) throw new Error('nothing is recorded');
  return recording;
};

const answering = { act: behave.answer({ text: 'hello', _v: 1 }) };

describe('a recording', () => {
  it('has requests, answers, failures, and the identity of the plugin', async () => {
    const plugin = await load(answering);
    plugin.dispatchSync(act, { text: 'one' });
    plugin.dispatchSync(act, { text: 'two' });
    const { header, calls, skipped } = recordingOf(plugin);
    expect(header).toMatchObject({
      recordingVersion: 1,
      plugin: 'tested',
      pluginVersion: '1.2.3',
      sha256: plugin.sha256,
      function: 'act',
      version: 1,
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    expect(calls).toMatchObject([
      { request: { text: 'one' }, outcome: { kind: 'ok', response: { text: 'hello' } }, hostCalls: [] },
      { request: { text: 'two' } },
    ]);
    expect(skipped).toEqual({ unredacted: 0, withHostCalls: 0, tooLarge: 0 });
  });

  it('is off unless a host or a load turns it on', async () => {
    const plugin = await load(answering, { recordings: [] });
    plugin.dispatchSync(act, { text: 'one' });
    expect(plugin.recordings()).toEqual([]);
    const off = await load(answering, {}, { recordings: [] });
    expect(off.recordings()).toEqual([]);
    const on = await load(answering, { recordings: [] }, { recordings: [recordAct()] });
    on.dispatchSync(act, { text: 'one' });
    expect(recordingOf(on).calls).toHaveLength(1);
  });

  it('has the stage and the code of failures, and leaves out calls that did not reach the plugin', async () => {
    const plugin = await load({ act: behave.trap('unreachable') });
    plugin.dispatchSync(act, { text: 'one' });
    plugin.dispatchSync(act, { text: 7 } as never);
    plugin.dispatchSync(ask, {});
    expect(recordingOf(plugin).calls.map(({ outcome }) => outcome)).toEqual([
      { kind: 'fallback', stage: 'plugin_call', code: 'unreachable' },
    ]);
  });

  it('is deleted when its plugin is closed', async () => {
    const plugin = await load(answering);
    plugin.dispatchSync(act, { text: 'one' });
    await plugin.close();
    plugin.dispatchSync(act, { text: 'two' });
    expect(recordingOf(plugin).calls).toEqual([]);
  });

  it('keeps the latest calls, within its limits', async () => {
    const plugin = await load(answering, { recordings: [recordAct({ calls: 3 })] });
    for (const text of ['a', 'b', 'c', 'd', 'e']) plugin.dispatchSync(act, { text });
    expect(recordingOf(plugin).calls.map(({ request }) => request)).toEqual([
      { text: 'c' },
      { text: 'd' },
      { text: 'e' },
    ]);
    const small = await load(answering, { recordings: [recordAct({ bytes: 400 })] });
    for (let at = 0; at < 20; at += 1) small.dispatchSync(act, { text: `${at}` });
    small.dispatchSync(act, { text: 'x'.repeat(500) });
    const { calls, skipped } = recordingOf(small);
    expect(calls.length).toBeGreaterThan(1);
    expect(
      Buffer.byteLength(formatRecordings(small.recordings()).split('\n').slice(1).join('')),
    ).toBeLessThanOrEqual(400);
    expect(skipped.tooLarge).toBe(1);
  });

  it('has the given share of the calls', async () => {
    const plugin = await load(answering, { recordings: [recordAct({ share: 0.25 })] });
    for (let at = 0; at < 40; at += 1) plugin.dispatchSync(act, { text: `${at}` });
    expect(recordingOf(plugin).calls).toHaveLength(10);
  });
});

describe('a redactor', () => {
  it('decides what is kept, and cannot change what is dispatched', async () => {
    const redact = {
      request: (request: { text: string }) => {
        request.text = 'x';
        return request;
      },
      response: () => ({ text: 'y' }),
    };
    const plugin = await load({ act: behave.echo() }, { recordings: [recordAct({ redact })] });
    const request = { text: 'secret' };
    expect(plugin.dispatchSync(act, request)).toMatchObject({ response: { text: 'secret' } });
    expect(request).toEqual({ text: 'secret' });
    expect(recordingOf(plugin).calls[0]).toMatchObject({
      request: { text: 'x' },
      outcome: { response: { text: 'y' } },
    });
  });

  it.each([
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
    ['returns undefined', () => undefined],
    ['returns a value that does not fit', () => ({ text: 7 })],
    ['returns a promise', async () => await Promise.resolve({ text: 'x' })],
  ])('that %s prevents the recording of the call', async (_, request) => {
    const redact = { ...KEEP, request: request as never };
    const plugin = await load(answering, { recordings: [recordAct({ redact })] });
    expect(plugin.dispatchSync(act, { text: 'one' }).kind).toBe('ok');
    expect(recordingOf(plugin)).toMatchObject({ calls: [], skipped: { unredacted: 1 } });
  });

  it.each([
    [{}],
    [{ redact: undefined }],
    [{ redact: { request: keepAll } }],
    [{ redact: { ...KEEP, hostCall: 7 } }],
    [{ redact: KEEP, calls: 0 }],
    [{ redact: KEEP, bytes: 1.5 }],
    [{ redact: KEEP, share: 0 }],
    [{ redact: KEEP, shared: 1 }],
  ])('is required, and options are checked (%#)', (options) => {
    expect(() => defineRecording(act, options as never)).toThrow(
      expect.objectContaining({ code: 'bad_option' }),
    );
  });

  it('may be given only once for each function of the host', () => {
    const bad = expect.objectContaining({ code: 'bad_option' });
    expect(() => openHost({ functions: [ask], recordings: [recordAct()] })).toThrow(bad);
    expect(() => openHost({ functions: [act], recordings: [recordAct(), recordAct()] })).toThrow(bad);
    expect(() => openHost({ functions: [act], recordings: [{}] as never })).toThrow(bad);
    expect(() => defineRecording({} as never, { redact: KEEP })).toThrow(
      expect.objectContaining({ code: 'bad_function' }),
    );
  });
});

/** Values of the kinds that JSON does not have. */
const mix = defineHostFunction({
  name: 'mix',
  parameters: ['u64', 'f64', 'bytes', z.strictObject({ id: u64, at: z.string().optional() })],
  result: 'bytes?',
  run: () => new Uint8Array([0, 255]),
});
const store = { capabilities: ['storage'] };

describe('calls of host functions', () => {
  const reading = behave.sequence(
    behave.callHostFunction({ name: 'cc_lb_storage_put', args: ['key', '{"_v":1,"text":"stored"}'] }),
    behave.callHostFunction({ name: 'cc_lb_storage_get', args: ['key'], result: 'i64', answersResult: true }),
  );

  it('are recorded with arguments and results', async () => {
    const plugin = await load({ act: reading }, {}, store);
    expect(plugin.dispatchSync(act, { text: 'one' })).toMatchObject({ response: { text: 'stored' } });
    const value = Buffer.from('{"_v":1,"text":"stored"}').toString('base64');
    expect(recordingOf(plugin).calls[0]?.hostCalls).toEqual([
      { namespace: 'extism:host/user', name: 'cc_lb_storage_put', arguments: ['key', value] },
      { namespace: 'extism:host/user', name: 'cc_lb_storage_get', arguments: ['key'], result: value },
    ]);
  });

  it('are recorded only if the redactor has a function for them', async () => {
    const redact = { request: keepAll, response: keepAll };
    const plugin = await load({ act: reading }, { recordings: [recordAct({ redact })] }, store);
    plugin.dispatchSync(act, { text: 'one' });
    expect(recordingOf(plugin)).toMatchObject({ calls: [], skipped: { withHostCalls: 1 } });
  });

  it('are redacted as values of their declared types', async () => {
    const seen: unknown[] = [];
    const redact = {
      ...KEEP,
      hostCall: (call: { readonly name: string }) => {
        seen.push(call);
        return {
          ...call,
          arguments: [1n, Number.NaN, new Uint8Array([7]), { id: 2n ** 64n - 1n }],
          result: undefined,
        };
      },
    };
    const calling = behave.sequence(
      behave.callHostFunction({
        name: 'mix',
        args: [2n ** 63n, { type: 'f64', value: 0.5 }, new Uint8Array([1, 2]), '{"id":7}'],
        result: 'i64',
      }),
      behave.answer({ text: 'hello', _v: 1 }),
    );
    const recordings = [recordAct({ redact: redact as never })];
    const plugin = await load({ act: calling }, { recordings, hostFunctions: [mix] });
    expect(plugin.dispatchSync(act, { text: 'one' }).kind).toBe('ok');
    expect(seen).toEqual([
      {
        name: 'mix',
        arguments: [2n ** 63n, 0.5, new Uint8Array([1, 2]), { id: 7n }],
        result: new Uint8Array([0, 255]),
        guestMessage: undefined,
      },
    ]);
    expect(recordingOf(plugin).calls[0]?.hostCalls).toEqual([
      {
        namespace: 'extism:host/user',
        name: 'mix',
        arguments: [1, 'NaN', 'Bw==', { id: 2n ** 64n - 1n }],
        areArgumentsRedacted: true,
        result: null,
      },
    ]);
  });

  it('that cannot be written are not recorded, and do not fail the call', async () => {
    const odd = defineHostFunction({
      name: 'odd',
      parameters: [
        z.codec(z.string(), z.custom<{ readonly text: string }>(), {
          decode: (text) => ({ text }),
          encode: () => {
            throw new Error('cannot be written');
          },
        }),
      ],
      result: 'text',
      run: ({ text }) => `{"_v":1,"text":"${text}"}`,
    });
    const calling = behave.callHostFunction({
      name: 'odd',
      args: ['"ok"'],
      result: 'i64',
      answersResult: true,
    });
    const plugin = await load({ act: calling }, { hostFunctions: [odd] });
    expect(plugin.dispatchSync(act, { text: 'one' })).toMatchObject({ response: { text: 'ok' } });
    expect(recordingOf(plugin)).toMatchObject({ calls: [], skipped: { unredacted: 1 } });
  });

  it('are limited in size while a call runs', async () => {
    const many = Array.from({ length: 50 }, () =>
      behave.callHostFunction({ name: 'cc_lb_storage_put', args: ['key', 'x'.repeat(100)] }),
    );
    const plugin = await load(
      { act: behave.sequence(...many, behave.answer({ text: 'hello', _v: 1 })) },
      { recordings: [recordAct({ bytes: 2000 })] },
      store,
    );
    expect(plugin.dispatchSync(act, { text: 'one' }).kind).toBe('ok');
    expect(recordingOf(plugin)).toMatchObject({ calls: [], skipped: { tooLarge: 1 } });
  });
});

describe('the text of a recording', () => {
  const exact = defineWireFunction({
    name: 'exact',
    fallback: 'silent_skip',
    request: z.strictObject({ id: u64, share: z.number() }),
    response: z.strictObject({ id: u64, share: z.number() }),
    sample: { request: { id: 0n, share: 0 }, response: { id: 0n, share: 0 } },
  });

  it('keeps every digit when it is written and read', async () => {
    const host = openHost({ functions: [exact], recordings: [defineRecording(exact, { redact: KEEP })] });
    const plugin = await host.load(await buildPlugin({ functions: { exact: behave.echo() } }));
    const request = { id: 2n ** 64n - 1n, share: 2 ** 70 };
    expect(plugin.dispatchSync(exact, request)).toMatchObject({ response: request });
    const text = formatRecordings(plugin.recordings());
    expect(text.split('\n')).toHaveLength(3);
    expect(text).toContain('"id":18446744073709551615,"share":1.1805916207174113e+21');
    const read = parseRecordings(text + text);
    expect(read).toEqual([recordingOf(plugin), recordingOf(plugin)]);
    expect(await plugin.replay(recordingOf(plugin), { answers: 'equal' })).toMatchObject({
      calls: 1,
      same: 1,
      unfit: 0,
    });
  });

  it.each([
    ['{}\n', 1],
    ['no\n', 1],
    [`${JSON.stringify({ recordingVersion: 2 })}\n`, 1],
  ])('is refused with the number of the line (%#)', (text, line) => {
    expect(() => parseRecordings(text)).toThrow(
      expect.objectContaining({
        code: 'bad_recording',
        message: expect.stringContaining(`line ${line} `) as string,
      }),
    );
  });

  it('is refused if a call is malformed, without showing its payload', async () => {
    const plugin = await load(answering);
    const text = formatRecordings(plugin.recordings());
    const failure = (line: string): string => {
      try {
        parseRecordings(text + line);
      } catch (error) {
        return (error as Error).message;
      }
      return 'read';
    };
    expect(failure('{"request":"secret"}')).toMatch(
      /^line 2 of the recording is not a recorded call \(\/atUnixMs\)/,
    );
    expect(failure('{"request":')).toContain('line 2 of the recording is not JSON');
    expect(failure('{"request":"secret"}')).not.toContain('secret');
  });
});
