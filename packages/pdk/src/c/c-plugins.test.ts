import { createPluginHost, createSandbox, type Sandbox } from '@plugwire/runtime';
import {
  defineWireFunction,
  describeContracts,
  findLadder,
  generateMessages,
  hostileMessages,
} from '@plugwire/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { compactJson } from '../plan/compact-json.ts';
import type { NamedType } from '../plan/kit-plan.ts';
import { planKit } from '../plan/plan-kit.ts';
import { sampleText } from '../plan/sample-text.ts';
import { richContracts } from '../testing/rich-contract.ts';
import { buildCPlugin, hasClang } from './testing/build-c-plugin.ts';

const TITLE = hasClang ? '' : ' (skipped: needs clang with wasm-ld)';

/** Generous, because machines that compile are busy. */
const LIMITS = { deadlineMs: 20_000 };

const greet = defineWireFunction({
  name: 'greet',
  description: 'Greets somebody.',
  fallback: 'fail_request',
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: 'Ada' }, response: { text: 'hello, Ada' } },
});

const GREETER = `#include "kit/kit.h"

bool greet(const GreetRequest *request, GreetResponse *response) {
  if (pw_equals(request->name, PW_TEXT("nobody"))) return pw_fail("nobody is there");
  if (pw_equals(request->name, PW_TEXT("trap"))) __builtin_trap();
  response->text = PW_CONCAT(PW_TEXT("hello, "), request->name);
  return true;
}
`;

describe.skipIf(!hasClang)(`a plugin in C${TITLE}`, () => {
  const options = {
    contracts: describeContracts([greet]),
    plugin: { name: 'greeter', version: '1.0.0 "x\\' },
  };

  it('answers, fails, traps and serves the next call', async () => {
    await using host = createPluginHost({ functions: [greet], revealGuestErrors: true });
    const plugin = await host.load(buildCPlugin(options, GREETER), { limits: LIMITS });
    expect(plugin.identity).toMatchObject({ plugin_name: 'greeter', plugin_version: '1.0.0 "x\\' });
    expect(plugin.dispatchSync(greet, { name: 'Zoë "🔑"' })).toMatchObject({
      kind: 'ok',
      response: { text: 'hello, Zoë "🔑"' },
    });
    const nobody = plugin.dispatchSync(greet, { name: 'nobody' });
    expect(nobody).toMatchObject({ kind: 'fallback', error: { code: 'guest_error' } });
    expect(JSON.stringify(nobody)).toContain('nobody is there');
    expect(plugin.dispatchSync(greet, { name: 'trap' })).toMatchObject({ kind: 'fallback' });
    expect(plugin.dispatchSync(greet, { name: 'Ada' })).toMatchObject({ kind: 'ok' });
  });

  it('returns the sample when it is new', async () => {
    await using host = createPluginHost({ functions: [greet] });
    const plugin = await host.load(buildCPlugin(options), { limits: LIMITS });
    expect(plugin.dispatchSync(greet, { name: 'Bob' })).toMatchObject({ response: { text: 'hello, Ada' } });
  });
});

const ECHOES = {
  echo_rich: 'EchoRich',
  echo_rich_v2: 'EchoRichV2',
  echo_wide: 'EchoWide',
  echo_figure: 'EchoFigure',
};
const ECHO = `#include "kit/kit.h"
${Object.entries(ECHOES)
  .map(
    ([name, type]) => `
bool ${name}(const ${type}Request *request, ${type}Response *response) {
  __builtin_memcpy(response, request, sizeof *response);
  return true;
}
`,
  )
  .join('')}`;

describe.skipIf(!hasClang)(`an echo plugin in C${TITLE}`, () => {
  const contracts = describeContracts(richContracts);
  const options = { contracts, plugin: { name: 'echo', version: '1.0.0' } };
  const plan = planKit({ ...options, language: 'c' });
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox(buildCPlugin(options, ECHO), { limits: LIMITS, revealGuestErrors: true });
  });
  afterAll(() => sandbox.close());

  const cases = contracts.contracts.flatMap(({ name, versions }) =>
    versions.map((version) => [`${name} ${version.version}`, name, version] as const),
  );
  const typeOf = (name: string, version: number): NamedType | undefined =>
    plan.functions.find((each) => each.name === name)?.versions.find((each) => each.version === version)
      ?.request;
  /** Returns the plugin's answer, or the code and message of the failure. */
  const answerTo = (name: string, request: string | Uint8Array<ArrayBuffer>): string => {
    try {
      return Buffer.from(sandbox.call(name, request) ?? []).toString();
    } catch (error) {
      return `${(error as { code: string }).code}: ${(error as Error).message}`;
    }
  };

  it.each(cases)('returns the request of %s unchanged', (_, name, { version, request, sample }) => {
    const type = typeOf(name, version);
    for (const message of generateMessages(request, sample.request, { count: 300 })) {
      const asked = compactJson({ _v: version, ...(message as object) } as never);
      const expected = type && sampleText(message, type).replace('{', `{"_v":${version},`).replace(',}', '}');
      expect(answerTo(name, asked) === expected, `an answer to ${asked.slice(0, 2000)}`).toBe(true);
    }
  });

  it.each(cases)('rejects requests of %s that do not fit', (_, name, { version, request, sample }) => {
    const accepted = hostileMessages(request, sample.request, version)
      .map(({ label, content }) => [label, answerTo(name, content)] as const)
      .filter(([, answer]) => !answer.startsWith('guest_error'));
    expect(accepted).toEqual([]);
  });

  it('returns the samples when it is new', async () => {
    await using host = createPluginHost({ functions: richContracts });
    const plugin = await host.load(buildCPlugin({ ...options, capabilities: ['clock', 'log', 'storage'] }), {
      name: 'echo',
      capabilities: ['clock', 'log', 'storage'],
      limits: LIMITS,
    });
    expect(plugin.metadata.negotiated_functions).toEqual({ echo_figure: 1, echo_rich: 2, echo_wide: 1 });
    for (const contract of richContracts) {
      const { request, response } = findLadder(contract)?.newest.sample ?? {};
      expect(plugin.dispatchSync(contract, request as never)).toMatchObject({ kind: 'ok', response });
    }
  });
});
