import { join } from 'node:path';

import { buildFixture, readToolchainPlugin } from '@plugwire/pdk-fixtures';
import { DISPATCH_STAGES } from '@plugwire/wire';
import { LOAD_STAGES } from '@plugwire/runtime';
import { afterAll, describe, expect, it } from 'vitest';

import { BROKEN_PLUGINS, type BrokenPlugin } from '../testing/broken-plugins.ts';
import { contractFile, makeFolder } from '../testing/files.ts';
import { type JsonRun, runCommand, runHere, runJson, runJsonHere } from '../testing/run-command.ts';
import type { Finding, Verification } from './verification.ts';

const folder = makeFolder();
afterAll(folder.remove);

const QUICK = ['--requests', '20', '--calls', '200'] as const;

const write = (name: string, bytes: Uint8Array): string =>
  folder.write(`${name.replaceAll(/[^\w]+/g, '-')}.wasm`, bytes);

const verify = async (file: string, ...options: readonly string[]) =>
  (await runJsonHere('verify', file, ...QUICK, ...options)) as JsonRun<Verification>;

/** The first plugin of each stage is verified in a separate process, the rest in this one. */
const isFirstOfStage = ({ finding }: BrokenPlugin): boolean => {
  const stageOf = (each: BrokenPlugin | undefined): string | undefined => each?.finding.split('/')[0];
  const stage = finding.split('/')[0];
  return BROKEN_PLUGINS.find((each) => stageOf(each) === stage)?.finding === finding;
};

const codesOf = (findings: readonly Finding[], level: Finding['level']): string[] =>
  findings.filter((finding) => finding.level === level).map(({ stage, code }) => `${stage}/${code}`);

describe('a plugin that', () => {
  it.each(BROKEN_PLUGINS.map((plugin) => [plugin.title, plugin] as const))(
    '%s fails with advice',
    async (title, plugin) => {
      const { bytes, finding, options = [], contract = 'greet.ts' } = plugin;
      const file = write(title, await bytes());
      const { code, result } = (await runJson(
        ['verify', file, ...QUICK, '--contract', contractFile(contract), ...options],
        {},
        isFirstOfStage(plugin) ? runCommand : runHere,
      )) as JsonRun<Verification>;
      const { findings, phases } = result;
      expect(codesOf(findings, 'error')).toContain(finding);
      expect(code).toBe(1);
      for (const { advice, message } of findings) {
        expect(advice.length).toBeGreaterThan(20);
        expect(message.length).toBeGreaterThan(10);
      }
      const isLoad = findings.some(({ check }) => check === 'load');
      expect(phases.filter(({ status }) => status === 'failed').map(({ stage }) => stage)).toEqual(
        isLoad ? [finding.split('/')[0]] : [],
      );
    },
  );
});

it('the broken plugins cover every stage at which a plugin can fail', () => {
  expect(BROKEN_PLUGINS.length).toBeGreaterThanOrEqual(40);
  // Another test covers missing files. The other stages are those of the host.
  const notThePlugins = new Set(['read', 'version_lookup', 'request_envelope', 'serialize_request', 'panic']);
  const stages = [...LOAD_STAGES, ...DISPATCH_STAGES].filter((stage) => !notThePlugins.has(stage));
  expect(new Set(BROKEN_PLUGINS.map(({ finding }) => finding.split('/')[0]))).toEqual(new Set(stages));
});

describe('verify', () => {
  it.each([
    ['greet-rust', 'greet.ts'],
    ['greet-go', 'greet.ts'],
    ['greet-c', 'greet.ts'],
    ['greet-assemblyscript', 'greet.ts'],
    ['load-balancer-c', undefined],
  ] as const)('finds no error in %s', async (name, contract) => {
    const file = write(name, readToolchainPlugin(name));
    const given = contract === undefined ? 'load-balancer' : contractFile(contract);
    const { code, result } = await verify(file, '--contract', given);
    expect(codesOf(result.findings, 'error')).toEqual([]);
    expect(code).toBe(0);
    expect(result.phases.map(({ status }) => status)).toEqual(LOAD_STAGES.map(() => 'ok'));
    for (const { valid, hostile } of result.functions) {
      expect(valid.sent).toBe(20);
      expect(valid.failed + hostile.failed).toBe(0);
      expect(hostile.accepted).toBe(0);
    }
  });

  it('reports no growing memory if each call runs in a fresh instance', async () => {
    const grows = BROKEN_PLUGINS.find(({ finding }) => finding === 'plugin_call/memory_growth');
    const file = write('fresh', (await grows?.bytes()) ?? new Uint8Array());
    const { code, result } = await verify(file, '--contract', contractFile('greet.ts'), '--per-call');
    expect({ code, functions: result.functions }).toMatchObject({ code: 0, functions: [{ memory: [] }] });
  });

  it('warns about a plugin that accepts requests which violate the contract', async () => {
    const file = write('lenient', await buildFixture('honest'));
    const { code, result } = await verify(file, '--contract', contractFile('greet.ts'));
    expect(code).toBe(0);
    expect(codesOf(result.findings, 'warning')).toEqual(['plugin_call/accepted']);
  });

  it('shows the error that the plugin returns for a request', async () => {
    const file = write('refusing', await buildFixture('guestError'));
    const { code, result } = await verify(file, '--contract', contractFile('greet.ts'));
    expect(code).toBe(0);
    expect(result.findings).toMatchObject([
      {
        level: 'warning',
        code: 'guest_error',
        times: 20,
        message: expect.stringContaining('secret of the guest'),
      },
    ]);
  });

  it('checks a plugin that serves an older version with requests of that version', async () => {
    const file = write('older', readToolchainPlugin('greet-c'));
    const { code, result } = await verify(file, '--contract', contractFile('greet-2.ts'));
    expect(code).toBe(0);
    expect(result.functions).toMatchObject([{ name: 'greet', version: 1, valid: { answered: 20 } }]);
  });

  it('works with a description of the contracts too', async () => {
    const file = write('described', readToolchainPlugin('greet-c'));
    const exported = join(folder.path, 'contracts.json');
    await runCommand(['contract', 'export', contractFile('greet-2.ts'), '--output', exported]);
    const { code, result } = await verify(file, '--contract', exported);
    expect(code).toBe(0);
    expect(result.functions).toMatchObject([{ name: 'greet', version: 1, valid: { answered: 20 } }]);
  });

  it('repeats a run with its seed', async () => {
    const file = write('seeded', await buildFixture('trapUnreachable'));
    const first = await verify(file, '--contract', contractFile('greet.ts'));
    const again = await verify(
      file,
      '--contract',
      contractFile('greet.ts'),
      '--seed',
      String(first.result.seed),
    );
    expect(again.result).toEqual(first.result);
  });

  it('prints stages, requests, advice and the seed', async () => {
    const file = write('shown', await buildFixture('versionOther'));
    const { code, stdout, stderr } = await runCommand([
      'verify',
      file,
      ...QUICK,
      '--contract',
      contractFile('greet.ts'),
      '--seed',
      '7',
    ]);
    expect(code).toBe(1);
    expect(stderr).toBe('');
    expect(stdout).toContain('✓  self_check');
    expect(stdout).toContain('error response_envelope/version_mismatch (greet, valid request, 20 times)');
    expect(stdout).toContain('Copy _v from the request, and respond in that version.');
    expect(stdout).toContain('request: {"name":"Ada"}');
    expect(stdout).toContain('Repeat this run with --seed 7.');
    expect(stdout).not.toContain('\u001B');
  });

  it.each([
    ['does not exist', join(folder.path, 'no-such-file.wasm'), 'not_found'],
    ['is a folder', folder.path, 'not_a_file'],
  ])('exits with 3 if the file %s', async (_, file, code) => {
    const run = await verify(file, '--contract', contractFile('greet.ts'));
    expect(run.code).toBe(3);
    expect(run.result.findings).toMatchObject([{ stage: 'read', code, advice: expect.any(String) }]);
  });
});
