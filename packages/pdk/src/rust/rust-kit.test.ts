import { createSandbox } from '@plugwire/runtime';
import { defineWireFunction, describeContracts } from '@plugwire/wire';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { generateKit, generateProject } from '../generate/generate-kit.ts';
import type { KitFile } from '../kit/kit.ts';
import type { KitOptions } from '../plan/plan-kit.ts';
import { richContracts } from '../testing/rich-contract.ts';
import { buildRustPlugin, hasRust, RUST_TITLE, testRust } from './testing/build-rust-plugin.ts';

const BUILD_MS = 600_000;

const value = (kind: string) => ({ kind });
const object = { kind: 'json', shape: { kind: 'object', members: [] } } as const;
/** Names that Rust and the kit use. */
const clashing = defineWireFunction({
  name: 'answer',
  description: 'Every */ name\r\nand \u202E direction.',
  fallback: 'silent_skip',
  request: z.strictObject({
    result: z.strictObject({ a: z.string() }).meta({ id: 'Result' }),
    ok: z.strictObject({ b: z.string() }).meta({ id: 'Ok' }),
    decode: z.strictObject({ c: z.string() }).meta({ id: 'Decode' }),
    json: z.enum(['self', 'Self', '']).meta({ id: 'JsonKind' }),
    vec: z.strictObject({ value: z.string(), reader: z.string(), writer: z.string(), key: z.string() }),
    crate: z.strictObject({ 'KEYS\u2028': z.string().default('\u202E"\\\u0000') }),
  }),
  response: z.strictObject({}),
  sample: {
    request: {
      result: { a: '' },
      ok: { b: '' },
      decode: { c: '' },
      json: 'self',
      vec: { value: '', reader: '', writer: '', key: '' },
      crate: { 'KEYS\u2028': 'x' },
    },
    response: {},
  },
});
/** Its handler would have the same name as version 2 of `echo_rich`. */
const alike = defineWireFunction({
  name: 'echo_rich_v2',
  fallback: 'silent_skip',
  request: z.strictObject({ a: z.string() }),
  response: z.strictObject({ b: z.string() }),
  sample: { request: { a: '' }, response: { b: '' } },
});
const contracts = {
  ...describeContracts([...richContracts, clashing, alike]),
  hostFunctions: [
    {
      name: 'every_kind',
      namespace: 'extism:host/user',
      description: 'Takes one of each.',
      parameters: ['i32', 'u32', 'i64', 'u64', 'f32', 'f64', 'text', 'bytes', 'text?', 'bytes?', 'line']
        .concat('i32-block', 'u32-block', 'i64-block', 'u64-block', 'f32-block', 'f64-block', 'bool-block')
        .map(value)
        .concat(object),
      result: object,
    },
    { name: 'nothing', namespace: 'other', parameters: [] },
    { name: 'json_only', namespace: 'other', parameters: [object] },
    ...['f32', 'text', 'bytes', 'text?', 'bytes?', 'i32-block', 'bool-block', 'f64-block'].map((kind) => ({
      name: `get_${kind}`.replaceAll(/\W/g, '_'),
      namespace: 'other',
      parameters: [],
      result: value(kind),
    })),
  ],
};
const options: KitOptions = {
  contracts,
  language: 'rust',
  plugin: { name: 'rich', version: '1.0.0 "é"' },
  capabilities: ['storage', 'clock', 'log', 'metrics', 'random'],
};
const filesOf = (more: Partial<KitOptions> = {}): readonly KitFile[] =>
  [generateKit, generateProject].flatMap((generate) => generate({ ...options, ...more }));

describe('the kit in Rust', () => {
  it('is the same each time it is generated', () => {
    expect(filesOf()).toEqual(filesOf());
  });

  it.each(
    filesOf({ functions: ['echo_rich', 'echo_figure', 'answer'] }).filter(({ path }) =>
      /^src\/(?:kit\/[a-z]+|lib)\.rs$/.test(path),
    ),
  )('writes $path', async ({ path, text }) => {
    await expect(text).toMatchFileSnapshot(`testing/golden/${path.replace('src/', '')}.txt`);
  });
});

describe.skipIf(!hasRust)(`a new plugin in Rust${RUST_TITLE}`, { timeout: BUILD_MS }, () => {
  it('returns the samples, also for names that clash', async () => {
    using sandbox = await createSandbox(buildRustPlugin(options));
    for (const { name, versions } of contracts.contracts)
      for (const { version, sample } of versions) {
        const request = JSON.stringify(sample.request, (_, part: unknown) =>
          typeof part === 'bigint' ? Number(part) : part,
        );
        if (name !== 'echo_rich')
          expect(
            sandbox.callJson(name, request.replace(/\}$/, `,"_v":${version}}`).replace('{,', '{')),
          ).toEqual({
            _v: version,
            ...(sample.response as object),
          });
      }
  });

  it('can be tested outside of WebAssembly', () => {
    const test = `
#[test]
fn answers() {
    assert!(host_is_missing());
    assert_eq!(config("any"), None);
    assert_eq!(base64_decode(&base64_encode(b"any")), Ok(b"any".to_vec()));
    assert_eq!(Json::parse("[1, {\\"a\\":2}]").unwrap().items().unwrap()[1].get("a").unwrap().u64(), Some(2));
}

fn host_is_missing() -> bool {
    std::panic::catch_unwind(host::nothing).is_err()
}
use kit::host;
`;
    const lib = filesOf().find(({ path }) => path === 'src/lib.rs')?.text ?? '';
    // A later file replaces an earlier one with the same path.
    const files = [...filesOf(), { path: 'src/lib.rs', text: lib + test }];
    expect(testRust(files)).toContain('1 passed');
  });
});
