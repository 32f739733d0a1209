import { createPluginHost, createSandbox, type Sandbox } from '@plugwire/runtime';
import {
  defineWireFunction,
  describeContracts,
  generateMessages,
  hostileMessages,
  jsonObject,
} from '@plugwire/wire';
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

describe.skipIf(!hasRust)(`a plugin in Rust${RUST_TITLE}`, () => {
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

  it('answers, fails, panics and serves the next call', async () => {
    await using host = createPluginHost({ functions: [greet], revealGuestErrors: true });
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
    expect(plugin.dispatchSync(greet, { name: 'Ada' })).toMatchObject({ kind: 'ok' });
  });

  it('does not leak memory between calls', async () => {
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

interface Term {
  readonly [key: string]: string | number | Term;
}
/** The first options are recursive, so a blank value must be the last one. */
const term: z.ZodType<Term> = z.union([
  z.strictObject({ op: z.literal('neg'), of: z.lazy(() => term) }),
  z.strictObject({ op: z.enum(['add', 'mul']), left: z.lazy(() => term), right: z.lazy(() => term) }),
  z.strictObject({ constant: z.number() }),
]) as never;
const branch = z.strictObject({
  is: z.literal('branch'),
  get left() {
    return node;
  },
  get right() {
    return node.optional();
  },
});
const node = z.discriminatedUnion('is', [
  branch,
  z.strictObject({ is: z.literal('leaf'), value: z.int().min(0).max(7) }),
]);
const small = z.int().min(-3).max(3);
const odd = z.strictObject({
  term,
  node,
  bounded: z.record(z.string(), z.array(small.nullable())).nullish(),
  objects: z.array(jsonObject).default([{ a: 1 }]),
  tuple: z.tuple([small, z.array(small), z.literal(5), z.null()], small),
  inner: z.strictObject({
    a: small.default(2),
    text: z.string().default('q"'),
    share: z.number().default(0.5),
  }),
  any: z.union([small, z.number(), z.null(), z.literal('x'), z.array(small), z.record(z.string(), small)]),
});
const oddSample = {
  term: { op: 'neg', of: { constant: 1 } },
  node: { is: 'branch', left: { is: 'leaf', value: 7 } },
  tuple: [1, [2], 5, null, 3],
  inner: { a: 1, text: '', share: 1 },
  objects: [],
  any: [1],
};
const oddContract = defineWireFunction({
  name: 'echo_odd',
  fallback: 'silent_skip',
  request: odd,
  response: odd,
  sample: { request: oddSample as never, response: oddSample as never },
});

describe.skipIf(!hasRust)(`an echo plugin in Rust${RUST_TITLE}`, () => {
  const contracts = describeContracts([...richContracts, oddContract]);
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
