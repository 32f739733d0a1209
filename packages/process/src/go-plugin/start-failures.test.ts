import { LOAD_CODES, type PluginLoadError } from '@plugwire/runtime';
import { describe, expect, it } from 'vitest';

import type { GoPluginOptions } from './go-plugin-options.ts';
import { kvPlugin, openHost, openKv } from '../testing/kv.ts';
import { script, writeExecutable } from '../testing/scripts.ts';

/** How a load ends that must fail. */
const endOfLoad = async (
  command: string,
  options: Partial<GoPluginOptions> = {},
  load = {},
): Promise<PluginLoadError> => {
  const source = kvPlugin([], { command, args: [], ...options });
  return await openHost()
    .load(source, load)
    .then(
      () => expect.fail('it was loaded'),
      (error: PluginLoadError) => error,
    );
};

/** Waits for a signal, as a plugin does that hangs. */
const HANG = 'exec sleep 1000';
const SHORT = { startTimeoutMs: 300 };
const GOOD = '1|1|tcp|127.0.0.1:1|grpc';

describe('a process that does not become a plugin', () => {
  it.each<[string, string, string, string, Partial<GoPluginOptions>?]>([
    ['exits at once', 'exit 7', 'instantiate', 'process_exited'],
    ['exits with a signal', 'kill -9 $$', 'instantiate', 'process_exited'],
    ['prints other text and exits', 'echo secret; exit 1', 'instantiate', 'process_exited'],
    ['prints nothing', HANG, 'instantiate', 'start_timeout', SHORT],
    ['prints other text and hangs', `echo secret; ${HANG}`, 'instantiate', 'start_timeout', SHORT],
    ['prints half a line and exits', "printf '1|1|tc'", 'handshake', 'handshake_line'],
    ['prints half a line and hangs', `printf '1|1|tc'; ${HANG}`, 'instantiate', 'start_timeout', SHORT],
    [
      'prints a line of a megabyte',
      `printf '1|1|'; head -c 1000000 /dev/zero | tr '\\0' x; ${HANG}`,
      'handshake',
      'handshake_line',
    ],
    [
      'prints a megabyte of other text',
      `head -c 1000000 /dev/zero | tr '\\0' x; ${HANG}`,
      'instantiate',
      'start_timeout',
      SHORT,
    ],
    ['prints too few fields', `echo '1|1|tcp'; ${HANG}`, 'handshake', 'handshake_line'],
    ['speaks another core protocol', `echo '2|1|tcp|127.0.0.1:1|grpc'; ${HANG}`, 'handshake', 'core_version'],
    [
      'chooses a version that was not offered',
      `echo '1|9|tcp|127.0.0.1:1|grpc'; ${HANG}`,
      'handshake',
      'app_version',
    ],
    ['speaks net/rpc', `echo '1|1|tcp|127.0.0.1:1|netrpc'; ${HANG}`, 'handshake', 'protocol_unknown'],
    ['uses net/rpc like old plugins', `echo '1|1|tcp|127.0.0.1:1'; ${HANG}`, 'handshake', 'protocol_unknown'],
    [
      'uses an unknown protocol',
      `echo '1|1|tcp|127.0.0.1:1|secret'; ${HANG}`,
      'handshake',
      'protocol_unknown',
    ],
    [
      'listens on another network',
      `echo '1|1|udp|127.0.0.1:1|grpc'; ${HANG}`,
      'handshake',
      'network_unknown',
    ],
    [
      'listens on another machine',
      `echo '1|1|tcp|10.0.0.1:80|grpc'; ${HANG}`,
      'handshake',
      'network_unknown',
    ],
    ['listens on no port', `echo '1|1|tcp|127.0.0.1|grpc'; ${HANG}`, 'handshake', 'network_unknown'],
    [
      'prints a certificate that is not base64',
      `echo '${GOOD}|${'*'.repeat(60)}'; ${HANG}`,
      'handshake',
      'bad_certificate',
    ],
    [
      'prints bytes that are not a certificate',
      `echo '${GOOD}|${'QUJD'.repeat(20)}'; ${HANG}`,
      'handshake',
      'bad_certificate',
    ],
    [
      'prints no certificate although one is required',
      `echo '${GOOD}'; ${HANG}`,
      'handshake',
      'tls_required',
      { tls: 'required' },
    ],
    [
      'does not multiplex although multiplex is on',
      `echo '${GOOD}'; ${HANG}`,
      'handshake',
      'not_multiplexed',
      { multiplex: true },
    ],
    ['does not listen', `echo '${GOOD}'; ${HANG}`, 'instantiate', 'not_connected', { startTimeoutMs: 1000 }],
    ['exits after its line', `echo '${GOOD}'; exit 1`, 'instantiate', 'process_exited'],
  ])('is refused if it %s', async (_, body, stage, code, options = {}) => {
    const error = await endOfLoad(script(body), options);
    expect(error).toMatchObject({ name: 'PluginLoadError', stage, code });
    expect(error.message).not.toContain('secret');
    expect(Object.keys(LOAD_CODES)).toContain(error.stage);
  });

  it('is refused with its output in the message if guest errors are revealed', async () => {
    const host = openHost({ revealGuestErrors: true });
    const source = kvPlugin([], { command: script('echo "no config" >&2; exit 1'), args: [] });
    await expect(host.load(source)).rejects.toThrow(/no config/);
  });

  it('is refused if it serves with another certificate than that in its handshake line', async () => {
    const failing = openKv(['--tls', '--other-certificate'], { startTimeoutMs: 5_000 });
    await expect(failing).rejects.toMatchObject({ stage: 'instantiate', code: 'not_connected' });
  });

  it('is refused if it accepts connections and stays silent', async () => {
    const silent = writeExecutable(
      `#!${process.execPath}\nconst server = require('node:net').createServer(() => {});\nserver.listen(0, '127.0.0.1', () => console.log('1|1|tcp|127.0.0.1:' + server.address().port + '|grpc'));\n`,
    );
    expect(await endOfLoad(silent, { startTimeoutMs: 1_500 })).toMatchObject({
      stage: 'instantiate',
      code: 'not_connected',
    });
  });

  it.each([
    ['a health service that does not serve', ['--health=2'], 'self_check', 'not_serving'],
    ['a version of the application that was not offered', ['--app=7'], 'handshake', 'app_version'],
  ])('is refused with %s', async (_, args, stage, code) => {
    await expect(openKv(args)).rejects.toMatchObject({ stage, code });
  });
});

describe('an executable that cannot be started', () => {
  const elf = (machine: number): Buffer => {
    const head = Buffer.alloc(64);
    head.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
    head.writeUInt16LE(2, 16);
    head.writeUInt16LE(machine, 18);
    return head;
  };

  it.each<[string, () => string, string]>([
    ['there is none', () => '/nowhere/plugin', 'not_found'],
    ['it is not in PATH', () => 'plugwire-no-such-program', 'not_found'],
    ['it is a folder', () => '/tmp', 'not_a_file'],
    ['it is not executable', () => writeExecutable('#!/bin/sh\n', 0o644), 'not_executable'],
    ['it is a script without interpreter', () => writeExecutable('echo hello\n'), 'not_executable'],
    ['it is empty', () => writeExecutable(''), 'not_executable'],
    ['its interpreter does not exist', () => writeExecutable('#!/no/such/interpreter\n'), 'no_interpreter'],
    ['its first line ends in a carriage return', () => writeExecutable('#!/bin/sh\r\n'), 'no_interpreter'],
    [
      'it is for another processor',
      () => writeExecutable(elf(process.arch === 'arm64' ? 62 : 183)),
      'wrong_architecture',
    ],
    ['it is for Windows', () => writeExecutable('MZ……'), 'wrong_architecture'],
  ])('is refused: %s', async (_, command, code) => {
    expect(await endOfLoad(command())).toMatchObject({ stage: 'read', code });
  });

  it('is refused before it starts if its SHA-256 differs', async () => {
    const path = script('exit 0');
    expect(await endOfLoad(path, {}, { sha256: '0'.repeat(64) })).toMatchObject({
      stage: 'read',
      code: 'hash_mismatch',
    });
  });

  it.each([
    { wasi: true },
    { capabilities: ['log'] },
    { config: { a: 'b' } },
    { instances: 'per_call' as const },
  ])('is not started with an option of modules: %o', async (options) => {
    await expect(openHost().load(kvPlugin(), options)).rejects.toMatchObject({ code: 'bad_option' });
  });
});
