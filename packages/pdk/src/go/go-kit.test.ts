import { readFileSync } from 'node:fs';

import { defineWireFunction, describeContracts } from '@plugwire/wire';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { generateKit, generateProject } from '../generate/generate-kit.ts';
import type { KitFile } from '../kit/kit.ts';
import type { KitOptions } from '../plan/plan-kit.ts';
import { richContracts } from '../testing/rich-contract.ts';
import { checkGo, hasGo, testGo } from './testing/build-go-plugin.ts';

const TITLE = hasGo ? '' : ' (skipped: needs Go 1.24 or newer)';
const GO_MS = 120_000;

const value = (kind: string) => ({ kind });
const object = { kind: 'json', shape: { kind: 'object', members: [] } } as const;
/** Names that the kit itself uses. */
const clashing = defineWireFunction({
  name: 'serve',
  fallback: 'silent_skip',
  request: z.strictObject({
    config: z.strictObject({ a: z.string() }).meta({ id: 'Config' }),
    entry: z.strictObject({ b: z.string() }).meta({ id: 'Entry' }),
    parsed: z.strictObject({ c: z.string() }).meta({ id: 'ParseServeRequest' }),
    kind: z.enum(['x', 'kind x']).meta({ id: 'JSONKind' }),
    other: z.strictObject({ d: z.literal(['y', 1]) }).meta({ id: 'JSONKind X' }),
    plugin: z.strictObject({ e: z.string() }).meta({ id: 'Plugin' }),
  }),
  response: z.strictObject({}),
  sample: {
    request: {
      config: { a: '' },
      entry: { b: '' },
      parsed: { c: '' },
      kind: 'x',
      other: { d: 1 },
      plugin: { e: '' },
    },
    response: {},
  },
});
const contracts = {
  ...describeContracts([...richContracts, clashing]),
  hostFunctions: [
    {
      name: 'every_kind',
      namespace: 'extism:host/user',
      description: 'Takes one of each.',
      parameters: ['i32', 'u32', 'i64', 'u64', 'f32', 'f64', 'text', 'bytes', 'text?', 'bytes?']
        .concat('i32-block', 'u32-block', 'i64-block', 'u64-block', 'f32-block', 'f64-block', 'bool-block')
        .map(value)
        .concat(object),
      result: object,
    },
    { name: 'nothing', namespace: 'other', parameters: [] },
    { name: 'json_only', namespace: 'other', parameters: [object] },
    ...['f32', 'text?', 'bytes?', 'i32-block', 'bool-block', 'f64-block'].map((kind) => ({
      name: `get_${kind}`.replaceAll(/\W/g, '_'),
      namespace: 'other',
      parameters: [],
      result: value(kind),
    })),
  ],
};
const options: KitOptions = {
  contracts,
  language: 'go',
  plugin: { name: 'rich', version: '1.0.0' },
  capabilities: ['storage', 'clock', 'log', 'metrics', 'random'],
};
const filesOf = (more: Partial<KitOptions> = {}): readonly KitFile[] =>
  [generateKit, generateProject].flatMap((generate) => generate({ ...options, ...more }));

describe('the kit in Go', () => {
  it('is the same each time it is generated', () => {
    expect(filesOf()).toEqual(filesOf());
  });

  it.each(
    filesOf({ functions: ['echo_rich', 'echo_figure'] }).filter(({ path }) => /contract_|main/.test(path)),
  )('writes $path', async ({ path, text }) => {
    await expect(text).toMatchFileSnapshot(`testing/golden/${path.replace('kit/', '')}.txt`);
  });
});

describe.skipIf(!hasGo)(`the kit in Go, checked with Go's tools${TITLE}`, { timeout: GO_MS }, () => {
  it('passes gofmt and go vet', () => {
    expect(checkGo(filesOf())).toBe('');
  });

  it('can be tested with go test, outside of WebAssembly', () => {
    const source = readFileSync(new URL('testing/kit_test.go', import.meta.url), 'utf8');
    expect(testGo([...filesOf(), { path: 'kit_test.go', text: source }])).toContain('ok');
  });
});
