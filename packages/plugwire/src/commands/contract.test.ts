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

describe('contracts', () => {
  const file = pluginFile('greet-c');

  it.each([
    ['throws', contractFile('throws.ts'), 4, 'import_failed', 'this contract throws on purpose'],
    ['exports no contract', contractFile('host-functions.ts'), 4, 'no_contract', 'hostFunctions'],
    ['does not compile', folder.write('syntax.ts', 'export const = 1;'), 4, 'import_failed', 'ParseError'],
    [
      'imports a missing package',
      folder.write('import.mjs', "import 'no-such-package';"),
      4,
      'import_failed',
      'no-such-package',
    ],
    [
      'is JSON, but not a contracts.json',
      folder.write('other.json', '{"a":1}'),
      4,
      'bad_description',
      'contract export',
    ],
    ['is not JSON', folder.write('broken.json', '{'), 4, 'bad_description', 'contract export'],
    ['does not exist', 'no-such-file.ts', 3, 'ENOENT', 'no-such-file.ts'],
  ])('are refused if the file %s', async (_, contract, exit, code, word) => {
    const run = (await runJsonHere('call', file, 'greet', '--contract', contract)) as JsonRun<Refusal>;
    expect(run.code).toBe(exit);
    expect(run.result.error).toMatchObject({ code, message: expect.stringContaining(word) });
    expect(run.result.error.message).not.toContain('second line');
  });

  it('are found in the working directory', async () => {
    await runHere(['contract', 'export', contractFile('greet.ts'), '-o', `${folder.path}/contracts.json`]);
    const run = await runCommand(['call', file, 'greet', ...PATIENT], { cwd: folder.path });
    expect(run.code).toBe(0);
    const nowhere = makeFolder();
    const lost = await runCommand(['call', file, 'greet'], { cwd: nowhere.path });
    nowhere.remove();
    expect(lost).toMatchObject({ code: 2, stderr: expect.stringContaining('--contract load-balancer') });
  });

  it('are exported with host functions, and the export can be loaded', async () => {
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
