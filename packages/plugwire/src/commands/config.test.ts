import { afterAll, describe, expect, it } from 'vitest';

import { makeFolder, pluginFile } from '../testing/files.ts';
import { type JsonRun, type Refusal, runCommand, runJsonHere } from '../testing/run-command.ts';

const folder = makeFolder();
afterAll(folder.remove);

describe('config check', () => {
  it('prints the plan of a host that starts with the file', async () => {
    const file = folder.write(
      'plugwire.toml',
      `[plugins.greeter]\npath = ${JSON.stringify(pluginFile('greet-c'))}\ncapabilities = ["log"]\n`,
    );
    const { code, result } = await runJsonHere('config', 'check', file);
    expect(code).toBe(0);
    expect(result).toMatchObject({ plan: [{ action: 'add', plugin: 'greeter' }], problems: [] });
    const here = await runCommand(['config', 'check'], { cwd: folder.path });
    expect(here).toMatchObject({ code: 0, stdout: expect.stringContaining('grants log') });
  });

  it('names the line of what is wrong', async () => {
    const file = folder.write('wrong.toml', '[plugins.greeter]\npath = "a.wasm"\ncapabilities = ["Log"]\n');
    const { code, result } = (await runJsonHere('config', 'check', file)) as JsonRun<Refusal>;
    expect(code).toBe(4);
    expect(result.error.message).toContain(`${file}:3`);
  });

  it('finds files that are not there, or not those that were approved', async () => {
    const file = folder.write(
      'files.toml',
      `[plugins.lost]\npath = "lost.wasm"\n[plugins.other]\npath = ${JSON.stringify(pluginFile('greet-c'))}\nsha256 = "${'0'.repeat(64)}"\n`,
    );
    const { code, result } = (await runJsonHere('config', 'check', file)) as JsonRun<{
      problems: { plugin: string; message: string }[];
    }>;
    expect(code).toBe(4);
    expect(result.problems).toMatchObject([
      { plugin: 'lost', message: expect.stringContaining('does not exist') },
      { plugin: 'other', message: expect.stringContaining('SHA-256') },
    ]);
  });

  it('exits with 3 without a file', async () => {
    expect(await runJsonHere('config', 'check', 'no-such-file.toml')).toMatchObject({ code: 3 });
  });
});
