import { createPluginHost, createSandbox, type Sandbox } from '@plugwire/runtime';
import { createLogSpy } from '@plugwire/testing';
import { defineWireFunction, describeContracts, generateMessages, hostileMessages } from '@plugwire/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { compactJson } from '../plan/compact-json.ts';
import type { NamedType } from '../plan/kit-plan.ts';
import { planKit } from '../plan/plan-kit.ts';
import { sampleText } from '../plan/sample-text.ts';
import { richContracts } from '../testing/rich-contract.ts';
import { buildAssemblyscriptPlugin } from './testing/build-assemblyscript-plugin.ts';
import { echoHandlers } from './testing/echo-handlers.ts';

const LIMITS = { deadlineMs: 20_000 };
const BUILD_MS = 300_000;

const greet = defineWireFunction({
  name: 'greet',
  description: 'Greets somebody.',
  fallback: 'fail_request',
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: 'Ada' }, response: { text: 'hello, Ada' } },
});

describe('a plugin in AssemblyScript', () => {
  let module: Uint8Array<ArrayBuffer>;
  beforeAll(() => {
    module = buildAssemblyscriptPlugin(
      {
        contracts: describeContracts([greet]),
        plugin: { name: 'greeter', version: '1.0.0' },
        capabilities: ['log'],
      },
      `import { fail, GreetRequest, GreetResponse, text } from './kit';

const greeted: string[] = [];

export function greet(request: GreetRequest): GreetResponse | null {
  const name = request.name;
  if (name.is('nobody')) fail('nobody is there');
  if (name.is('silence')) return null;
  if (name.is('panic')) throw new Error('no greeting');
  if (name.is('everybody')) return { text: text(greeted.join(', ')) };
  greeted.push(name.toString());
  return { text: text('hello, ') + name };
}
`,
    );
  }, BUILD_MS);

  it('answers, fails, logs the message of a trap, and serves the next call', async () => {
    const logs = createLogSpy();
    await using host = createPluginHost({ functions: [greet], revealGuestErrors: true, logger: logs.logger });
    const plugin = await host.load(module, { limits: LIMITS, capabilities: ['log'] });
    expect(plugin.identity).toMatchObject({ plugin_name: 'greeter', plugin_version: '1.0.0' });
    expect(await plugin.dispatch(greet, { name: 'Zoë "🔑"' })).toMatchObject({
      kind: 'ok',
      response: { text: 'hello, Zoë "🔑"' },
    });
    expect(await plugin.dispatch(greet, { name: 'nobody' })).toMatchObject({
      error: { code: 'guest_error', message: expect.stringContaining(': nobody is there') },
    });
    expect(await plugin.dispatch(greet, { name: 'silence' })).toMatchObject({
      error: { code: 'guest_error', message: expect.stringContaining('the handler gave no response') },
    });
    expect(await plugin.dispatch(greet, { name: 'panic' })).toMatchObject({ error: { code: 'unreachable' } });
    expect(JSON.stringify(logs.lines())).toContain('no greeting at assembly/index.ts:9:');
    expect(await plugin.dispatch(greet, { name: 'Ada' })).toMatchObject({ kind: 'ok' });
  });

  it('keeps values of globals between calls, without leaking memory', async () => {
    using sandbox = await createSandbox(module, { limits: LIMITS });
    const ask = (name: string): string | null => sandbox.callText('greet', JSON.stringify({ name, _v: 1 }));
    for (const name of ['Ada', 'Grace']) ask(name);
    for (let calls = 0; calls < 2000; calls += 1) ask('everybody');
    expect(ask('everybody')).toBe('{"_v":1,"text":"Ada, Grace"}');
  });
});

describe('an echo plugin in AssemblyScript', () => {
  const contracts = describeContracts(richContracts);
  const options = { contracts, plugin: { name: 'echo', version: '1.0.0' } };
  const plan = planKit({ ...options, language: 'assemblyscript' });
  let sandbox: Sandbox;
  beforeAll(async () => {
    const module = buildAssemblyscriptPlugin(options, echoHandlers(plan));
    sandbox = await createSandbox(module, { limits: LIMITS });
  }, BUILD_MS);
  afterAll(() => sandbox.close());

  const cases = contracts.contracts.flatMap(({ name, versions }) =>
    versions.map((version) => [`${name} ${version.version}`, name, version] as const),
  );
  const typeOf = (name: string, version: number): NamedType | undefined =>
    plan.functions.find((each) => each.name === name)?.versions.find((each) => each.version === version)
      ?.request;
  /** Returns the plugin's answer, or the code of the failure. */
  const answerTo = (name: string, request: string | Uint8Array<ArrayBuffer>): string => {
    try {
      return Buffer.from(sandbox.call(name, request) ?? []).toString();
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it.each(cases)('returns the request of %s unchanged', (_, name, { version, request, sample }) => {
    const type = typeOf(name, version);
    for (const message of generateMessages(request, sample.request, { count: 300 })) {
      const asked = compactJson({ _v: version, ...(message as object) } as never);
      const expected = type && sampleText(message, type).replace('{', `{"_v":${version},`).replace(',}', '}');
      expect(answerTo(name, asked)).toBe(expected);
    }
  });

  it.each(cases)('rejects requests of %s that do not fit', (_, name, { version, request, sample }) => {
    const accepted = hostileMessages(request, sample.request, version)
      .map(({ label, content }) => [label, answerTo(name, content)])
      .filter(([, answer]) => answer !== 'guest_error');
    expect(accepted).toEqual([]);
  });

  it('negotiates the highest versions and passes the self-check', async () => {
    await using host = createPluginHost({ functions: richContracts });
    const module = buildAssemblyscriptPlugin(options, undefined, false);
    const plugin = await host.load(module, { limits: LIMITS });
    expect(plugin.metadata.negotiated_functions).toEqual({ echo_figure: 1, echo_rich: 2, echo_wide: 1 });
    expect(plugin.metadata.self_check_passed).toBe(true);
  });
});
