import { createPluginHost, createSandbox, type Sandbox } from '@plugwire/runtime';
import { defineWireFunction, describeContracts, generateMessages, hostileMessages } from '@plugwire/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { compactJson } from '../plan/compact-json.ts';
import type { NamedType } from '../plan/kit-plan.ts';
import { planKit } from '../plan/plan-kit.ts';
import { sampleText } from '../plan/sample-text.ts';
import { richContracts } from '../testing/rich-contract.ts';
import { buildGoPlugin, goMain, hasGo } from './testing/build-go-plugin.ts';

const TITLE = hasGo ? '' : ' (skipped: needs Go 1.24 or newer)';
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

describe.skipIf(!hasGo)(`a plugin in Go${TITLE}`, () => {
  let module: Uint8Array<ArrayBuffer>;
  beforeAll(() => {
    module = buildGoPlugin(
      { contracts: describeContracts([greet]), plugin: { name: 'greeter', version: '1.0.0' } },
      goMain(
        'greeter',
        [
          `Greet(request kit.GreetRequest) (kit.GreetResponse, error) {
	switch request.Name {
	case "nobody":
		return kit.GreetResponse{}, errors.New("nobody is there")
	case "panic":
		panic("no greeting")
	}
	return kit.GreetResponse{Text: "hello, " + request.Name}, nil
}`,
        ],
        ['errors'],
      ),
    );
  }, BUILD_MS);

  it('answers, fails, panics and serves the next call', async () => {
    await using host = createPluginHost({ functions: [greet], revealGuestErrors: true });
    const plugin = await host.load(module, { wasi: true, limits: LIMITS });
    expect(plugin.identity).toMatchObject({ plugin_name: 'greeter', plugin_version: '1.0.0' });
    expect(await plugin.dispatch(greet, { name: 'Zoë "🔑"' })).toMatchObject({
      kind: 'ok',
      response: { text: 'hello, Zoë "🔑"' },
    });
    expect(await plugin.dispatch(greet, { name: 'nobody' })).toMatchObject({
      kind: 'fallback',
      error: { code: 'guest_error' },
    });
    expect(await plugin.dispatch(greet, { name: 'panic' })).toMatchObject({ kind: 'fallback' });
    expect(await plugin.dispatch(greet, { name: 'Ada' })).toMatchObject({ kind: 'ok' });
  });
});

const ECHOES = ['EchoRich', 'EchoRichV2', 'EchoWide', 'EchoFigure'];

describe.skipIf(!hasGo)(`an echo plugin in Go${TITLE}`, () => {
  const contracts = describeContracts(richContracts);
  const options = { contracts, plugin: { name: 'echo', version: '1.0.0' } };
  const plan = planKit({ ...options, language: 'go' });
  let sandbox: Sandbox;
  beforeAll(async () => {
    const methods = ECHOES.map(
      (name) =>
        `${name}(request kit.${name}Request) (kit.${name}Response, error) {\n\treturn kit.${name}Response(request), nil\n}`,
    );
    const module = buildGoPlugin(options, goMain('echo', methods));
    sandbox = await createSandbox(module, { wasi: true, limits: LIMITS });
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
});
