import { gzipSync } from 'node:zlib';

import { buildPlugin } from '@plugwire/pdk-fixtures';
import { type ModuleDescription } from '@plugwire/runtime';
import { afterAll, describe, expect, it } from 'vitest';

import { withSharedMemory } from '../testing/broken-plugins.ts';
import { makeFolder, pluginFile } from '../testing/files.ts';
import { type JsonRun, type Refusal, runHere, runJsonHere } from '../testing/run-command.ts';

const folder = makeFolder();
afterAll(folder.remove);

describe('inspect', () => {
  it('shows the identity, the needs and the exports of a plugin', async () => {
    const { code, result } = (await runJsonHere(
      'inspect',
      pluginFile('cc-lb-rust'),
    )) as JsonRun<ModuleDescription>;
    expect(code).toBe(0);
    expect(result.identity).toMatchObject({ ok: true, identity: { plugin_name: 'cc-lb-rust' } });
    expect(new Set(result.imports.map(({ capability }) => capability))).toEqual(
      new Set([undefined, 'clock', 'log', 'metrics', 'random', 'storage']),
    );
    expect(result.exports.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['cc_lb_handshake', 'cc_lb_self_check', 'sign']),
    );
    expect(result.metering).toMatchObject({ ok: true });
    expect(result.features).toEqual(['bulk-memory', 'sign-ext']);
  });

  it('shows which tools made a module, and that it needs WASI', async () => {
    const { result } = (await runJsonHere('inspect', pluginFile('greet-go'))) as JsonRun<ModuleDescription>;
    expect(result.producers).toContainEqual(expect.objectContaining({ field: 'language', name: 'Go' }));
    expect(result.imports.map(({ provider }) => provider)).toContain('wasi');
    const { stdout } = await runHere(['inspect', pluginFile('greet-go')]);
    expect(stdout).toContain('WASI');
  });

  it('reports a missing identity, debug information, and a feature that hosts refuse', async () => {
    const bytes = await buildPlugin({
      identity: 'none',
      customSections: [{ name: '.debug_info', payload: new Uint8Array(3000) }],
    });
    const { stdout, code } = await runHere(['inspect', folder.write('debug.wasm', bytes)]);
    expect(code).toBe(0);
    expect(stdout).toContain('plugwire identity FILE --name NAME --version VERSION');
    expect(stdout).toContain('2.9 KiB of debug information');
    const shared = (await runJsonHere(
      'inspect',
      folder.write('shared.wasm', await withSharedMemory()),
    )) as JsonRun<ModuleDescription>;
    expect(shared.result.features).toEqual(['threads']);
    expect(shared.result.metering).toMatchObject({ ok: false, code: 'unsupported_feature' });
  });

  it('reports a build that was not optimised', async () => {
    const moves = '(local.set 0 (local.get 0))'.repeat(500);
    const bytes = await buildPlugin({ wat: [`(func (local i32) ${moves})`] });
    const { stdout } = await runHere(['inspect', folder.write('unoptimised.wasm', bytes)]);
    expect(stdout).toContain('It looks like a debug build');
    for (const name of ['greet-rust', 'greet-go', 'greet-c', 'cc-lb-rust'] as const)
      expect((await runHere(['inspect', pluginFile(name)])).stdout).not.toContain('debug build');
  });

  it('replaces control characters in names of a module', async () => {
    const bytes = await buildPlugin({ wat: ['(func (export "clear \\1b[2J") (result i32) (i32.const 0))'] });
    const { stdout } = await runHere(['inspect', folder.write('escape.wasm', bytes)]);
    expect(stdout).toContain('clear ·[2J');
    expect(stdout).not.toContain('\u001B');
  });

  it.each([
    ['a gzip file', gzipSync('x'), 'gzip'],
    ['a component', Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0), 'component'],
    ['JSON', Buffer.from('{}'), 'JSON'],
    ['an empty file', new Uint8Array(), 'empty'],
  ])('recognises %s', async (_, bytes, word) => {
    const { code, result } = (await runJsonHere('inspect', folder.write('other', bytes))) as JsonRun<Refusal>;
    expect(code).toBe(1);
    expect(result.error).toMatchObject({
      kind: 'plugin',
      code: 'not_wasm',
      message: expect.stringContaining(word),
    });
  });
});
