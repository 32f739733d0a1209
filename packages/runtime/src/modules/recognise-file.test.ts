import { open } from 'node:fs/promises';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { buildPlugin, behave } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { createSandbox } from '../sandbox/create-sandbox.ts';
import { openHost } from '../testing/open-plugin.ts';
import { reflect } from '../testing/contracts.ts';
import { failureOf } from '../testing/failure-of.ts';
import { explainNotWasm } from './recognise-file.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const plugin = await buildPlugin({ functions: { reflect: behave.echo() } });

const utf16 = (value: string): Buffer => Buffer.from(value, 'utf16le');
const elf = (system: number): Uint8Array => Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, system, 0);

describe('a file that is passed by mistake', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['an empty file', new Uint8Array(), /are nothing.*empty/],
    ['gzip', gzipSync(plugin), /gzip file.*gunzip/],
    ['brotli, which has no signature', brotliCompressSync(plugin), /not a WebAssembly module/],
    ['zstd', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0), /zstd/],
    ['zip', Uint8Array.of(0x50, 0x4b, 0x03, 0x04, 0), /zip archive/],
    ['a component', Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0), /component.*core module/],
    ['another version', Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0), /another version/],
    ['half a header', plugin.subarray(0, 6), /cut short/],
    ['WebAssembly text', text('  (module (func))'), /WAT.*wat2wasm/],
    ['WebAssembly text after a comment', text(';; made by hand\n(module)'), /WAT/],
    ['base64', text(Buffer.from(plugin).toString('base64')), /base64.*Buffer\.from/],
    ['hexadecimal digits', text(Buffer.from(plugin).toString('hex')), /hexadecimal/],
    ['a data: URL', text(`data:application/wasm;base64,AGFzbQEAAAA=`), /data: URL/],
    ['an HTML page', text('<!DOCTYPE html><title>404</title>'), /HTML.*error page/],
    ['an HTML page after a byte order mark', text('\uFEFF\n<html>'), /HTML/],
    ['a Git LFS pointer', text('version https://git-lfs.github.com/spec/v1\n'), /LFS.*git lfs pull/],
    ['a manifest', text('{"wasm":[]}'), /JSON.*createSandbox/],
    ['a script', text('#!/bin/sh\n'), /script/],
    ['other text', text('hello'), /not a WebAssembly module/],
    ['an empty zip archive', Uint8Array.of(0x50, 0x4b, 0x05, 0x06, 0), /empty zip archive/],
    ['an ELF file', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2), /ELF.*wasm32/],
    ['what Wasmtime compiled', elf(200), /Wasmtime compiled.*\.wasm file that it was compiled from/],
    ['what Wasmer compiled', text('wasmer-universal'), /Wasmer compiled/],
    ['a Mach-O file', Uint8Array.of(0xcf, 0xfa, 0xed, 0xfe, 7), /Mach-O.*wasm32/],
    ['a Mach-O file of 32 bits', Uint8Array.of(0xce, 0xfa, 0xed, 0xfe, 7), /Mach-O/],
    ['a fat Mach-O file', Uint8Array.of(0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 2), /Mach-O/],
    ['a large fat Mach-O file', Uint8Array.of(0xca, 0xfe, 0xba, 0xbf, 0, 0, 0, 2), /Mach-O/],
    ['a Java class', Uint8Array.of(0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 65), /Java class/],
    ['a Windows program', text('MZ\u0090'), /Windows program.*wasm32/],
    ['a static library', text('!<arch>\n'), /static library/],
    ['JavaScript', text('import createPlugin from "@extism/extism";'), /JavaScript.*extism-js/],
    ['JavaScript of CommonJS', text('// made by hand\nmodule.exports = { f };'), /JavaScript/],
    ['minified JavaScript', text('!function(){}'), /not a WebAssembly module/],
    ['UTF-16', utf16('hello, you'), /text in UTF-16/],
    ['UTF-16 with its mark', utf16('\uFEFFhello'), /text in UTF-16/],
    ['UTF-16 of the other order', utf16('hello, you').swap16(), /text in UTF-16/],
    ['WebAssembly text in UTF-16', utf16('\uFEFF(module)'), /WAT\), in UTF-16.*wat2wasm/],
    ['a manifest in UTF-16', utf16('{"wasm":[]}').swap16(), /JSON, in UTF-16/],
    ['base64 in UTF-16', utf16(Buffer.from(plugin).toString('base64')), /base64, in UTF-16/],
  ])('is named: %s', async (_, bytes, message) => {
    expect(explainNotWasm(bytes)).toMatch(message);
    const expected = expect.stringMatching(message) as string;
    await expect(openHost({ functions: [reflect] }).load(bytes)).rejects.toMatchObject({
      stage: 'identity',
      code: 'not_wasm',
      message: expected,
    });
    await expect(createSandbox(bytes)).rejects.toMatchObject({
      stage: 'compile',
      code: 'invalid_module',
      message: expected,
    });
  });

  it('is recognised if it is the running program', async () => {
    const file = await open(process.execPath);
    const { buffer } = await file.read(Buffer.alloc(64), 0, 64, 0);
    await file.close();
    expect(explainNotWasm(buffer)).toMatch(/ELF|Mach-O|Windows/);
  });

  it.each<[string, string, RegExp]>([
    ['base64', Buffer.from(plugin).toString('base64'), /string of \d+ characters.*base64.*Buffer\.from/],
    ['a data: URL', 'data:application/wasm;base64,AGFzbQEAAAA=', /data: URL/],
    ['WebAssembly text', '(module (func $secret))', /WAT.*wat2wasm/],
    ['a page', '<html>secret</html>', /HTML/],
    ['the bytes as text', Buffer.from(plugin).toString('latin1'), /bytes of a module.*Uint8Array/],
    ['source code', `import secret from 'secret';\n`.repeat(1000), /source code/],
  ])('is named where a path is expected, and not shown: %s', async (_, source, message) => {
    const failure = await failureOf(openHost({ functions: [reflect] }).load(source));
    expect(failure).toMatchObject({ stage: 'read', code: 'not_found' });
    expect(failure['message']).toMatch(message);
    expect(failure['message']).not.toContain('secret');
  });

  it.each(['exports/a.wasm', '//server/a.wasm', 'data: a.wasm', '{a}.wasm', 'plugin'])(
    'leaves a path alone: %s',
    async (path) => {
      const failure = await failureOf(openHost({ functions: [reflect] }).load(path));
      expect(failure['message']).toBe(
        `read/not_found: ${JSON.stringify(path)} does not exist: check the path.`,
      );
    },
  );

  it('is not assumed for a path of any length', async () => {
    const failure = await failureOf(createSandbox('x'.repeat(100_000)));
    expect(failure).toMatchObject({ stage: 'read', code: 'unreadable' });
    expect(failure['message']).toMatch(
      /^read\/unreadable: "x{200}…" cannot be read \(ENAMETOOLONG\): expected a path\.$/,
    );
  });

  it('shows nothing of the file', () => {
    expect(explainNotWasm(text('secret'))).not.toContain('secret');
    expect(explainNotWasm(text('<html>secret'))).not.toContain('secret');
  });

  it('is not a module of version 1', () => {
    expect(explainNotWasm(plugin)).toBeUndefined();
  });
});
