import { defineWireFunction, describeContracts } from '@plugwire/wire';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { generateKit, generateProject } from '../generate/generate-kit.ts';
import type { KitFile } from '../kit/kit.ts';
import type { KitOptions } from '../plan/plan-kit.ts';
import { richContracts } from '../testing/rich-contract.ts';
import { buildCPlugin, hasClang } from './testing/build-c-plugin.ts';

const TITLE = hasClang ? '' : ' (skipped: needs clang with wasm-ld)';
const BUILD_MS = 120_000;

const value = (kind: string) => ({ kind });
const object = { kind: 'json', shape: { kind: 'object', members: [] } } as const;
const empty = {
  request: z.strictObject({}),
  response: z.strictObject({}),
  sample: { request: {}, response: {} },
};

/** Functions with names from C, from its library and from the kit. */
const functionNames = [
  'double',
  'exit',
  'fail',
  'host_log',
  'main',
  'malloc',
  'memcpy',
  'printf',
  'pw_fail',
  'write',
];
const functions = functionNames.map((name) =>
  defineWireFunction({ name, fallback: 'silent_skip', ...empty }),
);
/** Types and keys with names from the kit. */
const clashing = defineWireFunction({
  name: 'shape',
  fallback: 'silent_skip',
  request: z.strictObject({
    shape: z.strictObject({ pw_text: z.string(), bool: z.boolean(), NULL: z.null() }).meta({ id: 'shape' }),
    text: z.array(z.string()).meta({ id: 'pw_text_list' }),
    kind: z.enum(['x', 'kind x', 'X', 'a', 'max']).meta({ id: 'Int8' }),
    other: z.literal(['y', 1.5, false]).meta({ id: 'Int 8' }),
    has_flag: z.boolean(),
    flag: z.string().nullish().describe('Ends in a backslash \\'),
    trigraph: z.literal('??='),
    maps: z.record(z.string(), z.record(z.string(), z.array(z.int().nullable()))),
  }),
  response: z.union([z.strictObject({ left: z.string() }), z.strictObject({ right: z.string().optional() })]),
  sample: {
    request: {
      shape: { pw_text: '', bool: true, NULL: null },
      text: ['??/'],
      kind: 'x',
      other: 1.5,
      has_flag: true,
      trigraph: '??=',
      maps: { '??(': { b: [1, null] } },
    },
    response: { right: 'r' },
  },
});

const contracts = {
  ...describeContracts([...richContracts, clashing, ...functions]),
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
  language: 'c',
  plugin: { name: 'rich', version: '1.0.0' },
  capabilities: ['storage', 'clock', 'log', 'metrics', 'random'],
};
const filesOf = (more: Partial<KitOptions> = {}): readonly KitFile[] =>
  [generateKit, generateProject].flatMap((generate) => generate({ ...options, ...more }));

describe('the kit in C', () => {
  it('is the same each time it is generated', () => {
    expect(filesOf()).toEqual(filesOf());
  });

  it.each(
    filesOf({ functions: ['echo_rich', 'echo_figure', 'shape'] }).filter(({ path }) =>
      /contract\.|host\.|plugin\.c/.test(path),
    ),
  )('writes $path', async ({ path, text }) => {
    await expect(text).toMatchFileSnapshot(`testing/golden/${path.replace('kit/', '')}.txt`);
  });

  it.skipIf(!hasClang)(`compiles without warnings${TITLE}`, { timeout: BUILD_MS }, () => {
    expect(buildCPlugin(options).length).toBeGreaterThan(20_000);
  });
});
