import { brotliCompressSync, gzipSync } from 'node:zlib';

import { buildPlugin, behave } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { createSandbox } from '../sandbox/create-sandbox.ts';
import { openHost } from '../testing/open-plugin.ts';
import { reflect } from '../testing/contracts.ts';
import { explainNotWasm } from './recognise-file.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const plugin = await buildPlugin({ functions: { reflect: behave.echo() } });

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
    ['an ELF file', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2), /ELF.*wasm32/],
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

  it('shows nothing of the file', () => {
    expect(explainNotWasm(text('secret'))).not.toContain('secret');
    expect(explainNotWasm(text('<html>secret'))).not.toContain('secret');
  });

  it('is not a module of version 1', () => {
    expect(explainNotWasm(plugin)).toBeUndefined();
  });
});
