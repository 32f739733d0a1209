import { afterAll, describe, expect, it } from 'vitest';

import { contractFile, makeFolder, pluginFile } from '../testing/files.ts';
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

  it('names the line of each problem', async () => {
    const file = folder.write('wrong.toml', '[plugins.greeter]\npath = "a.wasm"\ncapabilities = ["Log"]\n');
    const { code, result } = (await runJsonHere('config', 'check', file)) as JsonRun<Refusal>;
    expect(code).toBe(4);
    expect(result.error.message).toContain(`${file}:3`);
  });

  it('finds missing files and files with another SHA-256', async () => {
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

  it('finds invalid settings', async () => {
    const file = folder.write(
      'settings.toml',
      `[plugins.greeter]\npath = ${JSON.stringify(pluginFile('greet-c'))}\n[plugins.greeter.limits]\nfuel = 0.5\n`,
    );
    expect(await runJsonHere('config', 'check', file)).toMatchObject({
      code: 4,
      result: {
        problems: [{ plugin: 'greeter', code: 'bad_limit', message: expect.stringContaining('limits.fuel') }],
      },
    });
  });

  it('loads each plugin with the given contracts', async () => {
    const plugins = (['greet-c', 'greet-go', 'load-balancer-c'] as const).map(
      (name) => `[plugins.${name}]\npath = ${JSON.stringify(pluginFile(name))}\n`,
    );
    const file = folder.write('loaded.toml', plugins.join(''));
    const contract = ['--contract', contractFile('greet.ts')] as const;
    const { code, result } = await runJsonHere('config', 'check', file, ...contract);
    expect({ code, result }).toMatchObject({
      code: 4,
      result: {
        problems: [
          { plugin: 'greet-go', code: 'compile/wasi_disabled' },
          { plugin: 'load-balancer-c', code: 'handshake/no_common_function' },
        ],
      },
    });
    const good = folder.write('good.toml', plugins[0] ?? '');
    expect(await runJsonHere('config', 'check', good, ...contract)).toMatchObject({ code: 0 });
  });

  it('exits with 3 if the file does not exist', async () => {
    expect(await runJsonHere('config', 'check', 'no-such-file.toml')).toMatchObject({ code: 3 });
  });
});
