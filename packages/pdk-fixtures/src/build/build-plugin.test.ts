import { IDENTITY_MAGIC, IDENTITY_SECTION } from '@plugwire/wire';
import { describe, expect, it } from 'vitest';

import { behave } from '../behave/behave.ts';
import { buildPlugin } from './build-plugin.ts';
import { compileWat } from './compile-wat.ts';
import { appendCustomSections } from './custom-section.ts';
import type { PluginDescription } from './plugin-description.ts';

const compile = async (description: PluginDescription): Promise<WebAssembly.Module> =>
  await WebAssembly.compile(await buildPlugin(description));

const sectionTexts = (module: WebAssembly.Module, name: string): string[] =>
  WebAssembly.Module.customSections(module, name).map((payload) => new TextDecoder().decode(payload));

const exportNames = (module: WebAssembly.Module): string[] =>
  WebAssembly.Module.exports(module).map(({ name }) => name);

/** The text of a module, whose data segments contain its answers. */
const holds = (bytes: Uint8Array, text: string): boolean => Buffer.from(bytes).includes(text);

const greet = behave.answer({ _v: 1, text: 'hello' });

describe('the identity', () => {
  it('is valid by default', async () => {
    const [text, ...others] = sectionTexts(await compile({}), IDENTITY_SECTION);
    expect(others).toEqual([]);
    expect(JSON.parse(text ?? '')).toEqual({
      magic: [...IDENTITY_MAGIC],
      abi_envelope: 1,
      plugin_name: 'fixture',
      plugin_version: '1.0.0',
    });
  });

  it('can have other fields, and leaves out fields that are undefined', async () => {
    const [text] = sectionTexts(
      await compile({ identity: { plugin_name: 'other', plugin_version: undefined, extra: 1 } }),
      IDENTITY_SECTION,
    );
    expect(JSON.parse(text ?? '')).toEqual({
      magic: [...IDENTITY_MAGIC],
      abi_envelope: 1,
      plugin_name: 'other',
      extra: 1,
    });
  });

  it.each<[string, NonNullable<PluginDescription['identity']>, string[]]>([
    ['none', 'none', []],
    ['raw text', 'raw', ['raw']],
    ['raw bytes', Uint8Array.of(0x61, 0x62), ['ab']],
    ['several', ['one', 'two'], ['one', 'two']],
    ['empty', '', ['']],
  ])('can be %s', async (_, identity, expected) => {
    expect(sectionTexts(await compile({ identity }), IDENTITY_SECTION)).toEqual(expected);
  });

  it.each([0, 1, 127, 128, 16_383, 16_384, 2_097_152])('can have a payload of %i bytes', async (length) => {
    const [text] = sectionTexts(await compile({ identity: 'x'.repeat(length) }), IDENTITY_SECTION);
    expect(text).toHaveLength(length);
  });
});

describe('the accept', () => {
  it('is truthful by default', async () => {
    const bytes = await buildPlugin({
      functions: { sign: { versions: [1, 3], behaviour: greet }, greet },
      requiredCapabilities: ['log', 'clock'],
    });
    expect(exportNames(await WebAssembly.compile(bytes))).toEqual([
      'memory',
      'greet',
      'sign',
      'cc_lb_handshake',
      'cc_lb_self_check',
    ]);
    const accept = {
      handshake_schema_version: 1,
      envelope_version: 1,
      chosen_versions: { greet: 1, sign: 3 },
      plugin_supported: { greet: [1], sign: [1, 3] },
      implemented_functions: ['greet', 'sign'],
      required_capabilities: ['clock', 'log'],
    };
    expect(holds(bytes, JSON.stringify(accept))).toBe(true);
    expect(holds(bytes, '{"status":"success","failures":[],"completed_at":1}')).toBe(true);
  });

  it('can be false about functions', async () => {
    const bytes = await buildPlugin({
      functions: {
        hidden: { behaviour: greet, declared: false },
        missing: { behaviour: greet, exported: false },
        shy: { behaviour: greet, chosen: false },
      },
    });
    expect(exportNames(await WebAssembly.compile(bytes))).toEqual([
      'memory',
      'hidden',
      'shy',
      'cc_lb_handshake',
      'cc_lb_self_check',
    ]);
    expect(holds(bytes, '"chosen_versions":{"missing":1}')).toBe(true);
    expect(holds(bytes, '"implemented_functions":["missing","shy"]')).toBe(true);
  });

  it('can be changed by fields or by a function', async () => {
    const merged = await buildPlugin({ functions: { greet }, handshake: { envelope_version: 9 } });
    expect(holds(merged, '"envelope_version":9,"chosen_versions":{"greet":1}')).toBe(true);
    const made = await buildPlugin({
      functions: { greet },
      handshake: (truthful) => truthful.implemented_functions.length,
    });
    expect(holds(made, 'handshake_schema_version')).toBe(false);
  });

  it('can be left out, like the self-check', async () => {
    expect(exportNames(await compile({ handshake: 'none', selfCheck: 'none' }))).toEqual(['memory']);
  });
});

describe('the module', () => {
  it('imports only the functions that its bodies name', async () => {
    const module = await compile({ functions: { greet }, handshake: 'none', selfCheck: 'none' });
    expect(WebAssembly.Module.imports(module).map(({ module: from, name }) => `${from} ${name}`)).toEqual([
      'extism:host/env output_set',
      'extism:host/env alloc',
      'extism:host/env store_u64',
      'extism:host/env store_u8',
    ]);
  });

  it('can have host functions, raw imports, raw fields and custom sections', async () => {
    const module = await compile({
      functions: {
        greet: behave.callHostFunction({ namespace: 'a "b"', name: 'c', args: ['x', 1, 2n], result: 'i64' }),
      },
      imports: ['(import "raw" "import" (func (param f64)))'],
      wat: ['(func (export "raw field") (drop (call $env.get_log_level)))'],
      customSections: [{ name: 'other', payload: 'payload' }],
    });
    const imports = WebAssembly.Module.imports(module).map(({ module: from, name }) => `${from} ${name}`);
    expect(imports).toContain('a "b" c');
    expect(imports).toContain('raw import');
    expect(imports).toContain('extism:host/env get_log_level');
    expect(exportNames(module)).toContain('raw field');
    expect(sectionTexts(module, 'other')).toEqual(['payload']);
  });

  it('does not treat the text of answers as code', async () => {
    const module = await compile({
      functions: { greet: behave.answerText('$env.nothing $lib.nothing "\\') },
    });
    expect(exportNames(module)).toContain('greet');
  });

  it.each(['$env.nothing', '$lib.nothing'])('refuses a body that names %s', async (name) => {
    await expect(buildPlugin({ functions: { greet: behave.wat(`(call ${name})`) } })).rejects.toThrow(name);
  });

  it('refuses WAT that is not valid', async () => {
    await expect(buildPlugin({ wat: ['(func (result i32))'] })).rejects.toThrow('type mismatch');
    await expect(compileWat('(module')).rejects.toThrow('plugin.wat');
  });
});

it('appendCustomSections adds sections at the end of a module', async () => {
  const empty = await compileWat('(module)');
  const bytes = appendCustomSections(empty, [{ name: 'n', payload: Uint8Array.of(7, 8) }]);
  expect([...bytes.subarray(empty.length)]).toEqual([0, 4, 1, 0x6e, 7, 8]);
  expect(bytes.subarray(0, empty.length)).toEqual(empty);
});
