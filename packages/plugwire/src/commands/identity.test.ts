import { readFileSync, statSync } from 'node:fs';

import { buildFixture, buildPlugin } from '@plugwire/pdk-fixtures';
import { readIdentity } from '@plugwire/runtime';
import { afterAll, describe, expect, it } from 'vitest';

import { contractFile, makeFolder, pluginFile } from '../testing/files.ts';
import {
  type JsonRun,
  PATIENT,
  type Refusal,
  runCommand,
  runHere,
  runJsonHere,
} from '../testing/run-command.ts';

const folder = makeFolder();
afterAll(folder.remove);

describe('identity', () => {
  it.each(['greet-rust', 'greet-go', 'greet-c', 'greet-assemblyscript'] as const)(
    'replaces the identity of %s, and the plugin loads',
    async (name) => {
      const output = `${folder.path}/renamed.wasm`;
      const { code, result } = await runJsonHere(
        'identity',
        pluginFile(name),
        '--name',
        'other',
        '--version',
        '2.0.0',
        '-o',
        output,
      );
      expect({ code, result }).toMatchObject({ code: 0, result: { replaced: 1 } });
      expect(readIdentity(readFileSync(output))).toMatchObject({
        plugin_name: 'other',
        plugin_version: '2.0.0',
      });
      const call = await runJsonHere('call', output, 'greet', '-c', contractFile('greet.ts'), ...PATIENT);
      expect(call.code).toBe(0);
    },
  );

  it('adds an identity in place, and writes the same bytes if it is run again', async () => {
    const file = folder.write('bare.wasm', await buildPlugin({ identity: 'none' }));
    const args = ['identity', file, '--name', 'bare', '--version', '1'];
    expect(await runCommand(args)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('added the identity bare 1'),
    });
    const once = readFileSync(file);
    await runHere(args);
    expect(readFileSync(file)).toEqual(once);
  });

  it.each([
    ['an invalid name', ['--name', 'Greeter', '--version', '1'], 2, 'plugin_name'],
    ['a version that is too long', ['--name', 'greeter', '--version', '1'.repeat(33)], 2, 'plugin_version'],
    ['a missing version', ['--name', 'greeter'], 2, '--version'],
  ])('refuses %s', async (_, options, exit, word) => {
    const file = folder.write('kept.wasm', await buildFixture('honest'));
    const before = readFileSync(file);
    const { code, result } = (await runJsonHere('identity', file, ...options)) as JsonRun<Refusal>;
    expect(code).toBe(exit);
    expect(result.error.message).toContain(word);
    expect(readFileSync(file)).toEqual(before);
  });

  it('refuses a file that is not a module', async () => {
    const file = folder.write('text.wasm', 'no module');
    const { code } = await runJsonHere('identity', file, '--name', 'greeter', '--version', '1');
    expect(code).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('no module');
  });

  it.skipIf(process.platform !== 'linux')('says that a disk is full, and stays off the device', async () => {
    const args = ['--name', 'greeter', '--version', '1', '--output', '/dev/full'];
    const { code, result } = (await runJsonHere(
      'identity',
      pluginFile('greet-c'),
      ...args,
    )) as JsonRun<Refusal>;
    expect(code).toBe(3);
    expect(result.error).toMatchObject({
      code: 'ENOSPC',
      message: expect.stringContaining('/dev/full: the disk is full'),
    });
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
  });

  it('reports that a folder does not exist', async () => {
    const output = `${folder.path}/no/such/folder.wasm`;
    const { code, result } = (await runJsonHere(
      'identity',
      pluginFile('greet-c'),
      '--name',
      'greeter',
      '--version',
      '1',
      '-o',
      output,
    )) as JsonRun<Refusal>;
    expect({ code, result }).toMatchObject({ code: 3, result: { error: { code: 'ENOENT' } } });
    expect(result.error.message).toContain(output);
  });
});
