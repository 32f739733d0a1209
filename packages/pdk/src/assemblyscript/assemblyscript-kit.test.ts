import { defineWireFunction, describeContracts } from '@plugwire/wire';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { generateKit, generateProject } from '../generate/generate-kit.ts';
import { richContracts } from '../testing/rich-contract.ts';
import { buildAssemblyscriptPlugin } from './testing/build-assemblyscript-plugin.ts';

const GENERATED = ['exports.ts', 'host.ts', 'read.ts', 'types.ts', 'write.ts'];

describe('a kit in AssemblyScript', () => {
  const options = {
    contracts: describeContracts(richContracts),
    language: 'assemblyscript' as const,
    plugin: { name: 'rich', version: '1.0.0' },
    capabilities: ['clock', 'log', 'metrics', 'random', 'storage'],
  };

  it.each(GENERATED)('has the expected %s', async (name) => {
    const file = generateKit(options).find(({ path }) => path === `assembly/kit/${name}`);
    await expect(file?.text).toMatchFileSnapshot(`testing/golden/${name}.txt`);
  });

  it('is in one folder, and the files of the project are outside it', () => {
    expect(generateKit(options).every(({ path }) => path.startsWith('assembly/kit/'))).toBe(true);
    expect(generateProject(options).map(({ path }) => path)).toEqual([
      'README.md',
      'assembly/index.ts',
      'assembly/tsconfig.json',
      'build.sh',
      '.gitignore',
      'package.json',
      'test.sh',
    ]);
  });

  it('compiles contracts whose names are keywords or names of the kit', { timeout: 300_000 }, () => {
    const option = (kind: string) => z.strictObject({ kind: z.literal(kind), value: z.string() });
    const part = z.strictObject({
      text: z.string().meta({ id: 'Text' }),
      json: z.strictObject({ delete: z.int() }).meta({ id: 'Json' }),
      reader: z.strictObject({ constructor: z.enum(['default', 'new', 'null']) }).meta({ id: 'Reader' }),
      event: z
        .discriminatedUnion('kind', [option('kind'), option('held'), option('class')])
        .meta({ id: 'Event' }),
      event_kind: z.strictObject({ a: z.string() }).meta({ id: 'EventKind' }),
      bools: z.array(z.boolean().nullable()),
      texts: z.strictObject({}).meta({ id: 'TextList' }),
      nested: z.array(z.array(z.string())),
    });
    const sample = {
      text: '',
      json: { delete: 1 },
      reader: { constructor: 'new' },
      event: { kind: 'held', value: '' },
      event_kind: { a: '' },
      bools: [null, true],
      texts: {},
      nested: [['a'], []],
    };
    const contracts = ['delete', 'export', 'request', 'call_back', 'from', 'memory_'].map((name) =>
      defineWireFunction({
        name,
        fallback: 'silent_skip',
        request: z.strictObject({ part }),
        response: z.strictObject({ part }),
        sample: { request: { part: sample as never }, response: { part: sample as never } },
      }),
    );
    const plugin = { name: 'words', version: '1.0.0' };
    const module = buildAssemblyscriptPlugin(
      { contracts: describeContracts(contracts), plugin },
      undefined,
      false,
    );
    const exports = WebAssembly.Module.exports(new WebAssembly.Module(module)).map(({ name }) => name);
    expect(exports).toEqual(expect.arrayContaining(contracts.map(({ name }) => name)));
  });
});
