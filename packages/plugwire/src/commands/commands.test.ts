import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

import { behave, buildFixture, buildPlugin } from '@plugwire/pdk-fixtures';
import { type ModuleDescription, readIdentity } from '@plugwire/runtime';
import { afterAll, describe, expect, it } from 'vitest';

import type { BenchResult } from '../bench/bench-result.ts';
import { withSharedMemory } from '../testing/broken-plugins.ts';
import { contractFile, makeFolder, pluginFile } from '../testing/files.ts';
import { runCommand, runHere, runJson } from '../testing/run-command.ts';

const folder = makeFolder();
afterAll(folder.remove);

/** Machines that run tests are busy. */
const PATIENT = ['--limit', 'deadlineMs=10000'] as const;

const json = async <Result = Record<string, unknown>>(...args: readonly string[]) =>
  await runJson<Result>(args, {}, runHere);

interface Refusal {
  readonly error: { readonly kind: string; readonly code: string; readonly message: string };
}

describe('inspect', () => {
  it('shows what a plugin is, needs and exports', async () => {
    const { code, result } = await json<ModuleDescription>('inspect', pluginFile('cc-lb-rust'));
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

  it('shows who made a module, and that it needs WASI', async () => {
    const { result } = await json<ModuleDescription>('inspect', pluginFile('greet-go'));
    expect(result.producers).toContainEqual(expect.objectContaining({ field: 'language', name: 'Go' }));
    expect(result.imports.map(({ provider }) => provider)).toContain('wasi');
    const { stdout } = await runHere(['inspect', pluginFile('greet-go')]);
    expect(stdout).toContain('WASI');
  });

  it('says that a module has no identity, debug information, and a feature that hosts refuse', async () => {
    const bytes = await buildPlugin({
      identity: 'none',
      customSections: [{ name: '.debug_info', payload: new Uint8Array(3000) }],
    });
    const { stdout, code } = await runHere(['inspect', folder.write('debug.wasm', bytes)]);
    expect(code).toBe(0);
    expect(stdout).toContain('plugwire identity FILE --name NAME --version VERSION');
    expect(stdout).toContain('2.9 KiB of debug information');
    const shared = await json<ModuleDescription>(
      'inspect',
      folder.write('shared.wasm', await withSharedMemory()),
    );
    expect(shared.result.features).toEqual(['threads']);
    expect(shared.result.metering).toMatchObject({ ok: false, code: 'unsupported_feature' });
  });

  it('lets no name of a module through to the terminal as it is', async () => {
    const bytes = await buildPlugin({ wat: ['(func (export "clear \\1b[2J") (result i32) (i32.const 0))'] });
    const { stdout } = await runHere(['inspect', folder.write('escape.wasm', bytes)]);
    expect(stdout).toContain('clear ·[2J');
    expect(stdout).not.toContain('\u001B');
  });

  it.each([
    ['a gzip file', gzipSync('x'), 'gzip'],
    ['a component', Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0), 'component'],
    ['JSON', Buffer.from('{}'), 'JSON'],
    ['nothing', new Uint8Array(), 'empty'],
  ])('says what %s is', async (_, bytes, word) => {
    const { code, result } = await json<Refusal>('inspect', folder.write('other', bytes));
    expect(code).toBe(1);
    expect(result.error).toMatchObject({
      kind: 'plugin',
      code: 'not_wasm',
      message: expect.stringContaining(word),
    });
  });
});

describe('call', () => {
  const greet = ['--contract', contractFile('greet.ts'), ...PATIENT] as const;

  it.each(['greet-rust', 'greet-go', 'greet-c', 'greet-assemblyscript'] as const)(
    'calls %s with the sample',
    async (name) => {
      const { code, result } = await json('call', pluginFile(name), 'greet', ...greet);
      expect(code).toBe(0);
      expect(result).toMatchObject({ outcome: 'ok', version: 1, response: { text: 'hello, Ada' } });
      expect(result['fuel']).toBeGreaterThan(100);
      expect(result['memoryBytes']).toBeGreaterThan(0);
    },
  );

  it('takes the request from a file', async () => {
    const request = folder.write('request.json', '{"_v":1,"name":"Grace"}');
    const { result } = await json('call', pluginFile('greet-c'), 'greet', ...greet, '--request', request);
    expect(result).toMatchObject({ response: { text: 'hello, Grace' } });
  });

  it('takes the request from the standard input', async () => {
    const run = await runCommand(['call', pluginFile('greet-c'), 'greet', ...greet, '--request', '-'], {
      input: '{"name":"Edsger"}',
    });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('"text": "hello, Edsger"');
  });

  it('exits with 4 for a request that does not fit, and says where', async () => {
    const request = folder.write('wrong.json', '{"name":3}');
    const { code, result } = await json(
      'call',
      pluginFile('greet-c'),
      'greet',
      ...greet,
      '--request',
      request,
    );
    expect(code).toBe(4);
    expect(result).toMatchObject({
      outcome: 'fallback',
      policy: 'fail_request',
      error: { stage: 'request_envelope', code: 'schema_mismatch', message: expect.stringContaining('name') },
    });
  });

  it('exits with 1 and advises if the plugin fails', async () => {
    const file = folder.write('traps.wasm', await buildFixture('trapUnreachable'));
    const { code, result } = await json('call', file, 'greet', ...greet);
    expect(code).toBe(1);
    expect(result).toMatchObject({
      error: { code: 'unreachable', advice: expect.stringContaining('panicked') },
    });
  });

  it('shows what the plugin logs, on the standard error', async () => {
    const file = folder.write('logs.wasm', await buildFixture('logs'));
    const { stderr, code } = await runHere(['call', file, 'greet', ...greet]);
    expect(code).toBe(0);
    expect(stderr).toBe('plugin info: logged by cc_lb_log\n');
  });

  it('gives the plugin host functions of a module', async () => {
    const bytes = await buildPlugin({
      requiredCapabilities: ['geo'],
      functions: {
        greet: behave.sequence(
          behave.callHostFunction({ name: 'look_up', args: ['1.2.3.4'], result: 'i64' }),
          behave.answer({ _v: 1, text: 'from the host' }),
        ),
      },
    });
    const file = folder.write('asks.wasm', bytes);
    const without = await json<Refusal>('call', file, 'greet', ...greet);
    expect(without).toMatchObject({ code: 1, result: { error: { code: 'instantiate/import_unknown' } } });
    const host = contractFile('host-functions.ts');
    const { code, result } = await json('call', file, 'greet', ...greet, '--host', host);
    expect({ code, result }).toMatchObject({ code: 0, result: { response: { text: 'from the host' } } });
  });

  it('names the functions there are if the plugin does not serve one', async () => {
    const { code, result } = await json<Refusal>(
      'call',
      pluginFile('load-balancer-c'),
      'observe',
      '-c',
      'load-balancer',
    );
    expect(code).toBe(2);
    expect(result.error.message).toContain('filter, shape, sign');
  });
});

describe('contracts', () => {
  const file = pluginFile('greet-c');

  it.each([
    ['throws', contractFile('throws.ts'), 4, 'import_failed', 'this contract throws on purpose'],
    ['exports no contract', contractFile('host-functions.ts'), 4, 'no_contract', 'hostFunctions'],
    ['does not compile', folder.write('syntax.ts', 'export const = 1;'), 4, 'import_failed', 'ParseError'],
    [
      'imports what is not there',
      folder.write('import.mjs', "import 'no-such-package';"),
      4,
      'import_failed',
      'no-such-package',
    ],
    [
      'is JSON, but no description',
      folder.write('other.json', '{"a":1}'),
      4,
      'bad_description',
      'contract export',
    ],
    ['is not JSON', folder.write('broken.json', '{'), 4, 'bad_description', 'contract export'],
    ['is not there', 'no-such-file.ts', 3, 'ENOENT', 'no-such-file.ts'],
  ])('a file that %s is an error', async (_, contract, exit, code, word) => {
    const run = await json<Refusal>('call', file, 'greet', '--contract', contract);
    expect(run.code).toBe(exit);
    expect(run.result.error).toMatchObject({ code, message: expect.stringContaining(word) });
    expect(run.result.error.message).not.toContain('second line');
  });

  it('are looked for in the working directory', async () => {
    await runHere(['contract', 'export', contractFile('greet.ts'), '-o', `${folder.path}/contracts.json`]);
    const run = await runCommand(['call', file, 'greet', ...PATIENT], { cwd: folder.path });
    expect(run.code).toBe(0);
    const nowhere = makeFolder();
    const lost = await runCommand(['call', file, 'greet'], { cwd: nowhere.path });
    nowhere.remove();
    expect(lost).toMatchObject({ code: 2, stderr: expect.stringContaining('--contract load-balancer') });
  });

  it('are exported, with host functions, and read again', async () => {
    const args = [
      'contract',
      'export',
      contractFile('greet-2.ts'),
      '--host',
      contractFile('host-functions.ts'),
    ];
    const { stdout, code } = await runHere(args);
    expect(code).toBe(0);
    const description = JSON.parse(stdout) as { contracts: object[]; hostFunctions: object[] };
    expect(description.contracts).toMatchObject([
      { name: 'greet', versions: [{ version: 1 }, { version: 2 }] },
    ]);
    expect(description.hostFunctions).toMatchObject([
      {
        name: 'look_up',
        capability: 'geo',
        parameters: [{ kind: 'text' }],
        result: { kind: 'json', shape: { kind: 'object' } },
      },
    ]);
    const again = folder.write('exported.json', stdout);
    const second = await runHere(['contract', 'export', again]);
    expect(second.stdout).toBe(stdout);
  });

  it('are documented in Markdown', async () => {
    const { stdout } = await runHere(['contract', 'docs', contractFile('greet-2.ts')]);
    expect(stdout).toContain('## greet');
    expect(stdout).toContain('Greets somebody.');
    expect(stdout).toContain('| `name` | text | Who is greeted. |');
    expect(stdout).toContain('| `mood` | `"good"` or `"bad"` |  |');
    const balancer = await runHere(['contract', 'docs', 'load-balancer']);
    expect(balancer.stdout).toContain('| `candidates[].observed_rate_limits[].limit` |');
    expect(balancer.stdout).toContain('`events[]`:');
  });
});

describe('identity', () => {
  it.each(['greet-rust', 'greet-go', 'greet-c', 'greet-assemblyscript'] as const)(
    'replaces that of %s, and the plugin loads',
    async (name) => {
      const output = `${folder.path}/renamed.wasm`;
      const { code, result } = await json(
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
      const call = await json('call', output, 'greet', '-c', contractFile('greet.ts'), ...PATIENT);
      expect(call.code).toBe(0);
    },
  );

  it('adds one where there is none, in place, and again to the same bytes', async () => {
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
    ['a name that is none', ['--name', 'Greeter', '--version', '1'], 2, 'plugin_name'],
    ['a version that is too long', ['--name', 'greeter', '--version', '1'.repeat(33)], 2, 'plugin_version'],
    ['no version', ['--name', 'greeter'], 2, '--version'],
  ])('refuses %s', async (_, options, exit, word) => {
    const file = folder.write('kept.wasm', await buildFixture('honest'));
    const before = readFileSync(file);
    const { code, result } = await json<Refusal>('identity', file, ...options);
    expect(code).toBe(exit);
    expect(result.error.message).toContain(word);
    expect(readFileSync(file)).toEqual(before);
  });

  it('refuses what is not a module', async () => {
    const file = folder.write('text.wasm', 'no module');
    const { code } = await json('identity', file, '--name', 'greeter', '--version', '1');
    expect(code).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('no module');
  });

  it.skipIf(process.platform !== 'linux')('says that a disk is full, and stays off the device', async () => {
    const args = ['--name', 'greeter', '--version', '1', '--output', '/dev/full'];
    const { code, result } = await json<Refusal>('identity', pluginFile('greet-c'), ...args);
    expect(code).toBe(3);
    expect(result.error).toMatchObject({
      code: 'ENOSPC',
      message: expect.stringContaining('/dev/full: the disk is full'),
    });
    expect(statSync('/dev/full').isCharacterDevice()).toBe(true);
  });

  it('says that a folder is not there', async () => {
    const output = `${folder.path}/no/such/folder.wasm`;
    const { code, result } = await json<Refusal>(
      'identity',
      pluginFile('greet-c'),
      '--name',
      'greeter',
      '--version',
      '1',
      '-o',
      output,
    );
    expect({ code, result }).toMatchObject({ code: 3, result: { error: { code: 'ENOENT' } } });
    expect(result.error.message).toContain(output);
  });
});

describe('bench', () => {
  const quick = ['--contract', contractFile('greet.ts'), '--calls', '100'] as const;

  it('measures time, fuel and memory, and compares with another plugin and an earlier result', async () => {
    const { code, result } = await json<BenchResult>('bench', pluginFile('greet-c'), ...quick);
    expect(code).toBe(0);
    expect(result.functions).toMatchObject([{ name: 'greet', version: 1, calls: 100 }]);
    expect(result.functions[0]?.quantilesUs).toHaveLength(101);
    const saved = folder.write('before.json', JSON.stringify(result));
    for (const against of [saved, pluginFile('greet-rust')]) {
      const { stdout, code: exit } = await runHere([
        'bench',
        pluginFile('greet-c'),
        'greet',
        ...quick,
        '--against',
        against,
      ]);
      expect(exit).toBe(0);
      expect(stdout).toMatch(/before .*\n.*now .*\n.*change/);
      expect(stdout).toMatch(/[▁▂▃▄▅▆▇█]/);
    }
  });

  it('exits with 1 if the fuel grew by more than the tolerance', async () => {
    const args = [
      'bench',
      pluginFile('greet-go'),
      ...quick,
      '--against',
      pluginFile('greet-rust'),
      '--tolerance',
      '1',
    ];
    const { code, stdout } = await runHere(args);
    expect(code).toBe(1);
    expect(stdout).toContain('greet grew by more than 1 %');
  });

  it('measures nothing where the plugin does not answer', async () => {
    const file = folder.write('refuses.wasm', await buildFixture('guestError'));
    const { code, result } = await json<BenchResult>('bench', file, ...quick);
    expect(code).toBe(1);
    expect(result).toMatchObject({ functions: [], skipped: [{ name: 'greet', code: 'guest_error' }] });
  });

  it.each([
    ['a result that is none', ['--against', folder.write('none.json', '{}')], 4],
    ['no function for the request', ['--request', folder.write('r.json', '{}')], 2],
    ['a tolerance for nothing', ['--tolerance', '5'], 2],
    ['no calls', ['--calls', '0'], 2],
  ])('refuses %s', async (_, options, exit) => {
    const { code } = await json('bench', pluginFile('greet-c'), ...quick, ...options);
    expect(code).toBe(exit);
  });
});

describe('config check', () => {
  it('prints the plan of a host that starts with the file', async () => {
    const file = folder.write(
      'plugwire.toml',
      `[plugins.greeter]\npath = ${JSON.stringify(pluginFile('greet-c'))}\ncapabilities = ["log"]\n`,
    );
    const { code, result } = await json('config', 'check', file);
    expect(code).toBe(0);
    expect(result).toMatchObject({ plan: [{ action: 'add', plugin: 'greeter' }], problems: [] });
    const here = await runCommand(['config', 'check'], { cwd: folder.path });
    expect(here).toMatchObject({ code: 0, stdout: expect.stringContaining('grants log') });
  });

  it('names the line of what is wrong', async () => {
    const file = folder.write('wrong.toml', '[plugins.greeter]\npath = "a.wasm"\ncapabilities = ["Log"]\n');
    const { code, result } = await json<Refusal>('config', 'check', file);
    expect(code).toBe(4);
    expect(result.error.message).toContain(`${file}:3`);
  });

  it('finds files that are not there, or not those that were approved', async () => {
    const file = folder.write(
      'files.toml',
      `[plugins.lost]\npath = "lost.wasm"\n[plugins.other]\npath = ${JSON.stringify(pluginFile('greet-c'))}\nsha256 = "${'0'.repeat(64)}"\n`,
    );
    const { code, result } = await json<{ problems: { plugin: string; message: string }[] }>(
      'config',
      'check',
      file,
    );
    expect(code).toBe(4);
    expect(result.problems).toMatchObject([
      { plugin: 'lost', message: expect.stringContaining('does not exist') },
      { plugin: 'other', message: expect.stringContaining('SHA-256') },
    ]);
  });

  it('exits with 3 without a file', async () => {
    expect(await json('config', 'check', 'no-such-file.toml')).toMatchObject({ code: 3 });
  });
});

describe('status', () => {
  const VERSION = { plugin: 'greet', version: '1.2.0', sha256: 'ab'.repeat(32) };
  const HEALTH = {
    status: 'ready',
    isReady: true,
    plugins: [
      {
        name: 'greeter',
        state: 'serving',
        version: VERSION,
        functions: { greet: 2 },
        breaker: 'closed',
        recent: { dispatches: 1200, fallbacks: 12, fallbackShare: 0.01 },
        canary: { ...VERSION, version: '1.3.0', share: 0.05, status: 'running' },
        lastFailure: { stage: 'handshake', code: 'not_json', message: 'no JSON', atUnixMs: 1 },
      },
      { name: 'off', state: 'disabled', functions: {} },
    ],
  };

  const serve = async (answer: string, status = 200) => {
    const server = createServer((incoming, reply) => {
      reply.writeHead(incoming.url === '/health' ? status : 404, { 'content-type': 'application/json' });
      reply.end(answer);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { origin: `http://127.0.0.1:${port}`, [Symbol.dispose]: () => void server.close() };
  };

  it('shows the plugins of a host', async () => {
    using server = await serve(JSON.stringify(HEALTH));
    const { code, stdout } = await runHere(['status', server.origin]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/greeter +serving +1\.2\.0 \(abababab\) +greet 2 +closed +1,200 +12 \(1\.0 %\)/);
    expect(stdout).toContain('canary 1.3.0, 5 % of the requests, running');
    expect(stdout).toContain('handshake/not_json');
    const { result } = await json('status', server.origin.replace('http://', ''));
    expect(result).toEqual(HEALTH);
  });

  it('exits with 1 if the host is not ready', async () => {
    using server = await serve(JSON.stringify({ ...HEALTH, status: 'degraded' }), 503);
    expect(await json('status', server.origin)).toMatchObject({ code: 1, result: { status: 'degraded' } });
  });

  it('exits with 3 if nobody answers, or somebody else', async () => {
    using server = await serve('<html></html>');
    expect(await json('status', server.origin)).toMatchObject({ code: 3 });
    using other = await serve('{"status":"UP"}');
    expect(await json('status', other.origin)).toMatchObject({
      code: 3,
      result: { error: { code: 'not_health' } },
    });
    const closed = await serve('');
    closed[Symbol.dispose]();
    const gone = await json<Refusal>('status', closed.origin);
    expect(gone).toMatchObject({
      code: 3,
      result: { error: { message: expect.stringContaining('nobody listens') } },
    });
    expect(await json('status', 'http://')).toMatchObject({ code: 2 });
  });
});
