import { buildFixture } from '@plugwire/pdk-fixtures';
import { afterAll, describe, expect, it } from 'vitest';

import type { BenchResult } from '../measure/bench-result.ts';
import { contractFile, makeFolder, pluginFile } from '../testing/files.ts';
import { type JsonRun, runHere, runJsonHere } from '../testing/run-command.ts';

const folder = makeFolder();
afterAll(folder.remove);

describe('bench', () => {
  const quick = ['--contract', contractFile('greet.ts'), '--calls', '100'] as const;

  it('measures time, fuel and memory, and compares with another plugin and an earlier result', async () => {
    const { code, result } = (await runJsonHere(
      'bench',
      pluginFile('greet-c'),
      ...quick,
    )) as JsonRun<BenchResult>;
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

  it('does not measure a function that fails its request', async () => {
    const file = folder.write('refuses.wasm', await buildFixture('guestError'));
    const { code, result } = (await runJsonHere('bench', file, ...quick)) as JsonRun<BenchResult>;
    expect(code).toBe(1);
    expect(result).toMatchObject({ functions: [], skipped: [{ name: 'greet', code: 'guest_error' }] });
  });

  it.each([
    ['a file that is not a result', ['--against', folder.write('none.json', '{}')], 4],
    ['a request without a function', ['--request', folder.write('r.json', '{}')], 2],
    ['a tolerance without --against', ['--tolerance', '5'], 2],
    ['zero calls', ['--calls', '0'], 2],
  ])('refuses %s', async (_, options, exit) => {
    const { code } = await runJsonHere('bench', pluginFile('greet-c'), ...quick, ...options);
    expect(code).toBe(exit);
  });
});
