import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { contractFile, pluginFile } from '../testing/files.ts';
import { listCommands } from '../testing/list-commands.ts';
import { runCommand, runHere } from '../testing/run-command.ts';
import { VERSION } from '../base/version.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

describe('the command', () => {
  it('prints its version and its commands', async () => {
    expect(await runCommand(['--version'])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
    const { code, stdout } = await runCommand([]);
    expect(code).toBe(0);
    for (const name of ['inspect', 'verify', 'call', 'bench']) expect(stdout).toContain(`  ${name}`);
  });

  it.each(listCommands())(
    'prints help for $name with --json and an example that starts with its name',
    async ({ name }) => {
      const { code, stdout } = await runHere([...name.split(' '), '--help']);
      expect(code).toBe(0);
      expect(stdout).toContain('--json');
      expect(stdout).toMatch(new RegExp(`Examples:\\n.*plugwire ${name} `));
    },
  );

  it.each([
    ['an unknown command', ['inspekt', 'a.wasm'], 'inspect'],
    ['an unknown option', ['inspect', 'a.wasm', '--jason'], '--json'],
    ['a missing file argument', ['inspect'], 'file'],
    ['too many files', ['inspect', 'a', 'b'], 'too many'],
    ['an unknown limit', ['verify', 'a', '--limit', 'fuels=1'], 'deadlineMs'],
    ['a limit that is not a number', ['verify', 'a', '--limit', 'fuel=much'], 'whole number'],
    ['a group without a command', ['contract'], 'contract export'],
  ])('exits with 2 for %s', async (_, args, word) => {
    const { code, stdout, stderr } = await runHere(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(args.includes('contract') ? 'export' : word);
  });

  it('prints errors as JSON on the standard output with --json', async () => {
    const { code, stdout, stderr } = await runCommand(['inspect', '--json']);
    expect({ code, stderr }).toEqual({ code: 2, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ error: { kind: 'usage', code: 'missingArgument' } });
  });

  it('prints no colours without a terminal, unless FORCE_COLOR is set', async () => {
    const args = ['inspect', pluginFile('greet-c')];
    const plain = await runCommand(args);
    expect(plain.stdout).not.toContain('\u001B');
    const forced = await runCommand(args, { env: { FORCE_COLOR: '1' } });
    expect(forced.stdout).toContain('\u001B');
    const never = await runCommand(args, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
    expect(never.stdout).not.toContain('\u001B');
  });

  it('ends without an error when the reader closes the pipe', async () => {
    const child = spawn(process.execPath, [MAIN, 'contract', 'docs', 'load-balancer']);
    child.stdout.destroy();
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it.skipIf(process.platform !== 'linux')('exits with 3 when its output cannot be written', async () => {
    const full = openSync('/dev/full', 'w');
    const child = spawn(process.execPath, [MAIN, 'contract', 'docs', 'load-balancer'], {
      stdio: ['ignore', full, 'pipe'],
    });
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect({ code, stderr }).toMatchObject({ code: 3, stderr: expect.stringContaining('the disk is full') });
  });

  it('asks no questions, and ends when its input is closed', async () => {
    const run = await runCommand([
      'call',
      pluginFile('greet-c'),
      'greet',
      '-c',
      contractFile('greet.ts'),
      '-r',
      '-',
    ]);
    expect(run).toMatchObject({ code: 4, stderr: expect.stringContaining('not a JSON object') });
  });
});
