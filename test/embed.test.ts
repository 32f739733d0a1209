import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { afterAll, expect, it } from 'vitest';

import { freePort } from '../packages/store-redis/src/testing/free-port.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'plugwire-embed-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Converts the page to a shell script, which writes its files and runs its commands in order. */
const readScript = (): { readonly script: string; readonly promised: string[] } => {
  const text = readFileSync(join(root, 'docs/embed.md'), 'utf8');
  const blocks = [...text.matchAll(/^```(\w+)(?: file=(\S+))?\n([\s\S]*?)^```$/gm)];
  const steps: string[] = ['set -euo pipefail'];
  const promised: string[] = [];
  for (const [, language, file, body = ''] of blocks) {
    if (file !== undefined)
      steps.push(`mkdir -p "$(dirname ${file})"; cat > ${file} <<'END_OF_FILE'\n${body}END_OF_FILE`);
    else if (language === 'sh') steps.push(body);
    else if (language === 'text') promised.push(body);
  }
  return { script: steps.join('\n'), promised };
};

/** Packs the packages as npm would publish them, because no registry has them yet. */
const packPackages = (): ReadonlyMap<string, string> => {
  const names = ['wire', 'runtime', 'operate', 'pdk-fixtures', 'testing'];
  const workspaces = names.map((name) => `--workspace=@plugwire/${name}`);
  const packed = spawnSync(
    'npm',
    ['pack', '--json', '--ignore-scripts', `--pack-destination=${scratch}`, ...workspaces],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  expect(packed).toMatchObject({ status: 0 });
  const listed: unknown = JSON.parse(packed.stdout);
  const packages = Object.values(listed as Record<string, { name: string; filename: string }>);
  return new Map(
    packages.map(({ name, filename }) => [name, join(scratch, filename.replace(/^@(\w+)\//, '$1-'))]),
  );
};

const isRegistryReached = spawnSync('npm', ['view', 'zod', 'version'], { timeout: 20_000 }).status === 0;

it.skipIf(!isRegistryReached)(
  `docs/embed.md works step by step from an empty folder${isRegistryReached ? '' : ' (skipped: npm reaches no registry)'}`,
  { timeout: 200_000 },
  async () => {
    const { script, promised } = readScript();
    const tarballs = packPackages();
    const port = await freePort();
    const local = script
      .replaceAll(/^npm install.*$/gm, (line) =>
        line.replaceAll(/@plugwire\/[\w-]+/g, (name) => tarballs.get(name) ?? name),
      )
      .replaceAll(':8080', `:${port}`);
    const env = {
      ...process.env,
      PORT: String(port),
      npm_config_prefer_offline: 'true',
      npm_config_fund: 'false',
      npm_config_audit: 'false',
    };
    // With the variables of this vitest, the page's vitest would act as one of its workers.
    for (const name of Object.keys(env))
      if (name.startsWith('VITEST') || name === 'NODE_ENV') delete (env as NodeJS.ProcessEnv)[name];
    // A separate process group, so that the page's server ends with it, even if a command fails.
    const shell = spawn('bash', ['-c', local], {
      cwd: scratch,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const endGroup = () => {
      try {
        if (shell.pid !== undefined) process.kill(-shell.pid, 'SIGKILL');
      } catch {
        // The group has already ended, as expected.
      }
    };
    const timer = setTimeout(endGroup, 180_000);
    shell.once('exit', endGroup);
    const output = { stdout: '', stderr: '' };
    shell.stdout.on('data', (chunk: Buffer) => (output.stdout += chunk.toString()));
    shell.stderr.on('data', (chunk: Buffer) => (output.stderr += chunk.toString()));
    const [status] = (await once(shell, 'close')) as [number];
    clearTimeout(timer);
    expect(status, `${output.stdout}\n${output.stderr}`).toBe(0);
    for (const text of promised) expect(output.stdout).toContain(text);
  },
);
