import { behave, buildFixture, buildPlugin } from '@plugwire/pdk-fixtures';
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

describe('call', () => {
  const greet = ['--contract', contractFile('greet.ts'), ...PATIENT] as const;

  it.each(['greet-rust', 'greet-go', 'greet-c', 'greet-assemblyscript'] as const)(
    'calls %s with the sample',
    async (name) => {
      const { code, result } = await runJsonHere('call', pluginFile(name), 'greet', ...greet);
      expect(code).toBe(0);
      expect(result).toMatchObject({ outcome: 'ok', version: 1, response: { text: 'hello, Ada' } });
      expect((result as { fuel: number }).fuel).toBeGreaterThan(100);
      expect((result as { memoryBytes: number }).memoryBytes).toBeGreaterThan(0);
    },
  );

  it('reads the request from a file', async () => {
    const request = folder.write('request.json', '{"_v":1,"name":"Grace"}');
    const { result } = await runJsonHere(
      'call',
      pluginFile('greet-c'),
      'greet',
      ...greet,
      '--request',
      request,
    );
    expect(result).toMatchObject({ response: { text: 'hello, Grace' } });
  });

  it('reads the request from the standard input', async () => {
    const run = await runCommand(['call', pluginFile('greet-c'), 'greet', ...greet, '--request', '-'], {
      input: '{"name":"Edsger"}',
    });
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('"text": "hello, Edsger"');
  });

  it('exits with 4 for a request that does not fit, and names the path', async () => {
    const request = folder.write('wrong.json', '{"name":3}');
    const { code, result } = await runJsonHere(
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

  it('exits with 1 and prints advice if the plugin fails', async () => {
    const file = folder.write('traps.wasm', await buildFixture('trapUnreachable'));
    const { code, result } = await runJsonHere('call', file, 'greet', ...greet);
    expect(code).toBe(1);
    expect(result).toMatchObject({
      error: { code: 'unreachable', advice: expect.stringContaining('panicked') },
    });
  });

  it('prints log lines of the plugin on the standard error', async () => {
    const file = folder.write('logs.wasm', await buildFixture('logs'));
    const { stderr, code } = await runHere(['call', file, 'greet', ...greet]);
    expect(code).toBe(0);
    expect(stderr).toBe('plugin info: logged by cc_lb_log\n');
  });

  it('provides the host functions of a module to the plugin', async () => {
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
    const without = (await runJsonHere('call', file, 'greet', ...greet)) as JsonRun<Refusal>;
    expect(without).toMatchObject({ code: 1, result: { error: { code: 'instantiate/import_unknown' } } });
    const host = contractFile('host-functions.ts');
    const { code, result } = await runJsonHere('call', file, 'greet', ...greet, '--host', host);
    expect({ code, result }).toMatchObject({ code: 0, result: { response: { text: 'from the host' } } });
  });

  it('lists the served functions if the plugin does not serve the given one', async () => {
    const { code, result } = (await runJsonHere(
      'call',
      pluginFile('load-balancer-c'),
      'explain',
      '-c',
      'load-balancer',
    )) as JsonRun<Refusal>;
    expect(code).toBe(2);
    expect(result.error.message).toContain('filter, shape, build_signer, sign');
  });
});
