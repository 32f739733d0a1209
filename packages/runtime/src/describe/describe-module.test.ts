import { buildFixture, buildPlugin, readToolchainPlugin } from '@plugwire/pdk-fixtures';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { rawModule, section, withCode } from '../metering/testing/raw-module.ts';
import { assemble } from '../metering/testing/text-format.ts';
import { describeModule } from './describe-module.ts';
import type { ModuleDescription } from './module-description.ts';

const describeBytes = (bytes: Uint8Array): ModuleDescription => {
  const described = describeModule(bytes);
  if (!described.ok) throw new Error(described.message);
  return described.module;
};

describe('the description of a module', () => {
  it('has its identity, imports, exports and sizes', async () => {
    const bytes = await buildFixture('logs');
    const module = describeBytes(bytes);
    expect(module.identity).toMatchObject({ ok: true, identity: { plugin_name: 'fixture' } });
    expect(module.imports).toContainEqual({
      namespace: 'extism:host/user',
      name: 'cc_lb_log',
      kind: 'function',
      signature: '(i64, i64) -> ()',
      provider: 'protocol',
      capability: 'log',
    });
    expect(module.exports).toContainEqual({ name: 'greet', kind: 'function', signature: '() -> i32' });
    expect(module.memories).toEqual([{ from: 'defined', minimum: 1, maximum: undefined }]);
    expect(module.sections.find(({ name }) => name === 'cc_lb.plugin.v1')).toMatchObject({ isCustom: true });
    const content = module.sections.reduce((sum, { bytes: size }) => sum + size, 0);
    expect(content).toBeLessThan(bytes.length);
    expect(module.bytes).toBe(bytes.length);
    expect(module.metering).toMatchObject({ ok: true });
  });

  it('says whether WASI or the host provides an import', async () => {
    const wasi = describeBytes(await buildFixture('importsWasi'));
    expect(wasi.imports.map(({ provider }) => provider)).toContain('wasi');
    const unknown = describeBytes(await buildFixture('importUnknown'));
    expect(unknown.imports.find(({ name }) => name === 'launch_missiles')).toMatchObject({
      provider: 'host',
    });
  });

  it('says why its identity is refused', async () => {
    const { identity } = describeBytes(await buildPlugin({ identity: 'none' }));
    expect(identity).toMatchObject({ ok: false, code: 'section_missing' });
  });

  it('has the tools that its toolchain lists', () => {
    const { producers } = describeBytes(readToolchainPlugin('greet-go'));
    expect(producers).toContainEqual(expect.objectContaining({ field: 'language', name: 'Go' }));
  });

  it('has the size of its debug information', async () => {
    const payload = new Uint8Array(100);
    const bytes = await buildPlugin({
      customSections: [
        { name: '.debug_info', payload },
        { name: 'sourceMappingURL', payload },
        { name: 'name', payload: Uint8Array.of() },
      ],
    });
    expect(describeBytes(bytes).debugInfo).toEqual({ bytes: 200, nameBytes: 0 });
  });

  it('is returned even if a custom section is malformed', async () => {
    const payload = Uint8Array.of(0xff, 0xff);
    const customSections = ['producers', 'target_features', 'name'].map((name) => ({ name, payload }));
    expect(describeBytes(await buildPlugin({ customSections }))).toMatchObject({
      producers: [],
      targetFeatures: [],
    });
  });
});

describe('the features that a module uses', () => {
  it.each([
    ['', '(module (memory 1) (func (export "f") (result f64) (f64.load (i32.const 0))))'],
    ['sign-ext', '(module (func (result i32) (i32.extend8_s (i32.const 200))))'],
    ['nontrapping-fptoint', '(module (func (result i64) (i64.trunc_sat_f64_u (f64.const 1e30))))'],
    ['multivalue', '(module (func (result i32 i32) (i32.const 1) (i32.const 2)))'],
    ['reference-types', '(module (table 1 externref))'],
    ['reference-types', '(module (func (drop (ref.null func))))'],
    ['bulk-memory', '(module (memory 1) (func (memory.fill (i32.const 0) (i32.const 0) (i32.const 1))))'],
    ['tail-call', '(module (func $f (result i32) (return_call $f)))'],
    ['simd128', '(module (func (drop (v128.const i64x2 1 2))))'],
    [
      'relaxed-simd,simd128',
      '(module (func (drop (i8x16.relaxed_swizzle (v128.const i64x2 1 2) (v128.const i64x2 1 2)))))',
    ],
    ['mutable-globals', '(module (import "a" "g" (global (mut i32))))'],
  ])('are %s', (features, text) => {
    expect(describeBytes(assemble(text)).features.join(',')).toBe(features);
  });

  it.each([
    ['threads', rawModule(section(5, 1, 3, 1, 1))],
    ['memory64', rawModule(section(5, 1, 4, 1))],
    ['multimemory', rawModule(section(5, 2, 0, 1, 0, 1))],
    ['gc', rawModule(section(1, 1, 0x5f, 0))],
    ['exception-handling', rawModule(section(13, 1, 0, 0))],
    ['extended-const', rawModule(section(6, 1, 0x7f, 0, 0x41, 1, 0x41, 2, 0x6a, 0x0b))],
  ])('include %s, which metering refuses or wabt cannot write', (feature, bytes) => {
    expect(describeBytes(bytes).features).toContain(feature);
  });

  it('are found up to the first unknown instruction', () => {
    const atomic = withCode([0xfe, 0x03, 0x00]);
    expect(describeBytes(atomic)).toMatchObject({
      features: ['bulk-memory', 'threads'],
      metering: { ok: false, code: 'unsupported_feature' },
    });
  });

  it('are a subset of the features that the toolchain lists', () => {
    for (const name of ['greet-rust', 'greet-go', 'greet-c', 'cc-lb-rust'] as const) {
      const { features, targetFeatures, localMoves } = describeBytes(readToolchainPlugin(name));
      if (targetFeatures.length > 0) expect(targetFeatures).toEqual(expect.arrayContaining([...features]));
      expect(localMoves).toBeGreaterThan(0.1);
      expect(localMoves).toBeLessThan(0.5);
    }
  });
});

describe('describeModule', () => {
  it('never throws, whatever the bytes are', async () => {
    const honest = await buildFixture('logs');
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(honest.length - 1), fc.nat(255)), { maxLength: 8 }), (changes) => {
        const bytes = Uint8Array.from(honest);
        for (const [at, byte] of changes) bytes[at] = byte;
        const described = describeModule(bytes);
        expect(described.ok ? described.module.bytes : described.message.length).toBeGreaterThan(0);
      }),
      { numRuns: 300 },
    );
    fc.assert(fc.property(fc.uint8Array(), (bytes) => !describeModule(bytes).ok));
  });

  it('says what the bytes are if they are not a module', () => {
    expect(describeModule(Uint8Array.of(0x1f, 0x8b, 8))).toMatchObject({
      ok: false,
      message: expect.stringContaining('gzip'),
    });
  });
});
