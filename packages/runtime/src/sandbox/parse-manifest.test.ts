import { createHash } from 'node:crypto';

import { compileWat } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { createSandbox } from './create-sandbox.ts';
import { type ExtismManifest, parseManifest } from './parse-manifest.ts';

const bytes = await compileWat('(module (func (export "run") (result i32) (i32.const 0)))');
const sha256 = createHash('sha256').update(bytes).digest('hex');
const base64 = Buffer.from(bytes).toString('base64');

describe('loading a manifest works', () => {
  it.each<[string, ExtismManifest | string]>([
    ['as an object with bytes', { wasm: [{ data: bytes }] }],
    ['as an object with base64', { wasm: [{ data: base64 }] }],
    ['with the hash of the module', { wasm: [{ data: bytes, hash: sha256 }] }],
    ['as JSON text', JSON.stringify({ wasm: [{ data: base64 }] })],
    ['as JSON text after white space', `\n ${JSON.stringify({ wasm: [{ data: base64 }] })}`],
    ['with empty grants', { wasm: [{ data: bytes }], allowedHosts: [], allowedPaths: {} }],
  ])('%s', async (_, manifest) => {
    using sandbox = await createSandbox(manifest);
    expect(sandbox.functionNames).toContain('run');
  });

  it('unless it has the hash of another module', async () => {
    const manifest = { wasm: [{ data: bytes, hash: '0'.repeat(64) }] };
    await expect(createSandbox(manifest)).rejects.toMatchObject({ stage: 'read', code: 'hash_mismatch' });
  });
});

describe('parsing a manifest', () => {
  it('returns its limits and config, in camel case and in snake case', () => {
    const wasm = [{ data: bytes }];
    const expected = {
      limits: { deadlineMs: 70, memoryBytes: 5 * 65_536, variableBytes: 9 },
      config: { a: 'b' },
    };
    const config = { a: 'b' };
    expect(
      parseManifest({ wasm, config, timeoutMs: 70, memory: { maxPages: 5, maxVarBytes: 9 } }),
    ).toMatchObject(expected);
    expect(
      parseManifest({ wasm, config, timeout_ms: 70, memory: { max_pages: 5, max_var_bytes: 9 } }),
    ).toMatchObject(expected);
  });

  it('returns limits that the options of the sandbox override', async () => {
    const manifest = { wasm: [{ data: bytes }], memory: { maxPages: 1 } };
    const grown = await compileWat('(module (memory 2) (func (export "run")))');
    const larger = { ...manifest, wasm: [{ data: grown }] };
    await expect(createSandbox(larger)).rejects.toMatchObject({ code: 'memory_too_large' });
    using sandbox = await createSandbox(larger, { limits: { memoryBytes: 2 * 65_536 } });
    expect(sandbox.functionNames).toContain('run');
  });

  it.each([
    ['text that is not JSON', '{"wasm":', /is not JSON/],
    ['no modules', { wasm: [] }, /wasm of the manifest is empty/],
    ['an unknown key', { wasm: [{ data: bytes }], wasi: true }, /has the key "wasi": expected wasm/],
    ['HTTP', { wasm: [{ data: bytes }], allowedHosts: ['*'] }, /grants HTTP/],
    ['files', { wasm: [{ data: bytes }], allowedPaths: { '/': '/' } }, /grants files/],
    [
      'no time',
      { wasm: [{ data: bytes }], timeoutMs: 0 },
      /^timeoutMs of the manifest is 0: .*from 1 to 60000/,
    ],
    [
      'pages as text',
      { wasm: [{ data: bytes }], memory: { maxPages: '5' } },
      /^memory\.maxPages .* is a string/,
    ],
    [
      'more pages than may be',
      { wasm: [{ data: bytes }], memory: { max_pages: 65_536 } },
      /^memory\.maxPages .* is 65536: .* from 1 to 16384 .*limits\.memoryBytes/,
    ],
    [
      'half a byte',
      { wasm: [{ data: bytes }], memory: { maxVarBytes: 0.5 } },
      /^memory\.maxVarBytes .* is 0\.5/,
    ],
    ['an invalid hash', { wasm: [{ data: bytes, hash: 'abc' }] }, /^wasm\[0\]\.hash is a string/],
    ['a module of two sources', { wasm: [{ data: bytes, path: 'a.wasm' }] }, /has 2 of path, url and data/],
  ])('throws for %s', (_, manifest, message) => {
    expect(() => parseManifest(manifest)).toThrow(message);
  });

  it('returns undefined for other kinds of sources', () => {
    expect([parseManifest('a.wasm'), parseManifest(bytes)]).toEqual([undefined, undefined]);
  });
});
