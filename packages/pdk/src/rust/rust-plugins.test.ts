import { createPluginHost, createSandbox, type Sandbox } from '@plugwire/runtime';
import { defineWireFunction, describeContracts, generateMessages, hostileMessages } from '@plugwire/wire';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { compactJson } from '../plan/compact-json.ts';
import type { NamedType } from '../plan/kit-plan.ts';
import { planKit } from '../plan/plan-kit.ts';
import { sampleText } from '../plan/sample-text.ts';
import { richContracts } from '../testing/rich-contract.ts';
import { buildRustPlugin, hasRust, RUST_TITLE } from './testing/build-rust-plugin.ts';
import { echoSource } from './testing/echo-source.ts';

const LIMITS = { deadlineMs: 20_000 };
const BUILD_MS = 600_000;

const greet = defineWireFunction({
  name: 'greet',
  description: 'Greets somebody.',
  fallback: 'fail_request',
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: 'Ada' }, response: { text: 'hello, Ada' } },
});

describe.skipIf(!hasRust)(`a greeter in Rust${RUST_TITLE}`, () => {
  let module: Uint8Array<ArrayBuffer>;
  beforeAll(() => {
    module = buildRustPlugin(
      { contracts: describeContracts([greet]), plugin: { name: 'greeter', version: '1.0.0' } },
      `#![cfg_attr(target_arch = "wasm32", no_std)]
mod kit;
use kit::*;

fn greet(request: GreetRequest) -> Result<GreetResponse, String> {
    match &*request.name {
        "nobody" => Err("nobody is there".to_string()),
        "panic" => panic!("no greeting for {}", request.name),
        name => Ok(GreetResponse { text: format!("hello, {name}") }),
    }
}
`,
    );
  }, BUILD_MS);

  it('answers, fails, panics and goes on', async () => {
    const lines: string[] = [];
    const write = (_fields: object, message: string): void => void lines.push(message);
    const logger = { trace: write, debug: write, info: write, warn: write, error: write };
    await using host = createPluginHost({ functions: [greet], revealGuestErrors: true, logger });
    const plugin = await host.load(module, { limits: LIMITS });
    expect(plugin.identity).toMatchObject({ plugin_name: 'greeter', plugin_version: '1.0.0' });
    expect(plugin.dispatchSync(greet, { name: 'Zoë "🔑"' })).toMatchObject({
      kind: 'ok',
      response: { text: 'hello, Zoë "🔑"' },
    });
    expect(plugin.dispatchSync(greet, { name: 'nobody' })).toMatchObject({
      kind: 'fallback',
      error: { code: 'guest_error', message: expect.stringContaining('nobody is there') },
    });
    expect(plugin.dispatchSync(greet, { name: 'panic' })).toMatchObject({
      kind: 'fallback',
      error: { code: 'unreachable' },
    });
    expect(lines.join('\n')).toContain('no greeting for panic');
    expect(plugin.dispatchSync(greet, { name: 'Ada' })).toMatchObject({ kind: 'ok' });
  });

  it('needs no more memory from call to call', async () => {
    using sandbox = await createSandbox(module, { limits: { ...LIMITS, memoryBytes: 4 * 2 ** 20 } });
    const long = JSON.stringify({ name: 'é'.repeat(50_000), _v: 1 });
    for (let calls = 0; calls < 1000; calls += 1) {
      expect(sandbox.call('greet', long)?.length).toBe(100_000 + '{"_v":1,"text":"hello, "}'.length);
      expect(() => sandbox.call('greet', `${long}x`)).toThrow(
        expect.objectContaining({ code: 'guest_error' }),
      );
    }
  });
});

describe.skipIf(!hasRust)(`an echo in Rust${RUST_TITLE}`, () => {
  const contracts = describeContracts(richContracts);
  const options = { contracts, plugin: { name: 'echo', version: '1.0.0' } };
  const plan = planKit({ ...options, language: 'rust' });
  let sandbox: Sandbox;
  beforeAll(async () => {
    const module = buildRustPlugin(options, echoSource(plan));
    sandbox = await createSandbox(module, { limits: LIMITS });
  }, BUILD_MS);
  afterAll(() => sandbox.close());

  const cases = contracts.contracts.flatMap(({ name, versions }) =>
    versions.map((version) => [`${name} ${version.version}`, name, version] as const),
  );
  const typeOf = (name: string, version: number): NamedType | undefined =>
    plan.functions.find((each) => each.name === name)?.versions.find((each) => each.version === version)
      ?.request;
  /** What the plugin answers, or the code of the failure. */
  const answerTo = (name: string, request: string | Uint8Array<ArrayBuffer>): string => {
    try {
      return Buffer.from(sandbox.call(name, request) ?? []).toString();
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it.each(cases)('%s gives back what it was asked', (_, name, { version, request, sample }) => {
    const type = typeOf(name, version);
    for (const message of generateMessages(request, sample.request, { count: 300 })) {
      const asked = compactJson({ _v: version, ...(message as object) } as never);
      const expected = type && sampleText(message, type).replace('{', `{"_v":${version},`).replace(',}', '}');
      expect(answerTo(name, asked)).toBe(expected);
    }
  });

  it.each(cases)('%s refuses what does not fit', (_, name, { version, request, sample }) => {
    const accepted = hostileMessages(request, sample.request, version)
      .map(({ label, content }) => [label, answerTo(name, content)])
      .filter(([, answer]) => answer !== 'guest_error');
    expect(accepted).toEqual([]);
  });
});
