/**
 * `npm run soak:registry [-- KILLS]`: kills processes with SIGKILL at random points of registration, two at a time in one folder. It fails if
 * the folder cannot be opened after a kill, or if a confirmed digest is lost.
 *
 * @module
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { openRegistry } from '@plugwire/operate';

import { registered } from './registry-writer.ts';

const KILLS = Number(process.argv[2] ?? 1000);
const AT_A_TIME = 2;
/** The longest time between a process's first line and its kill, in ms. It registers several modules in that time. */
const LONGEST_MS = 60;

const WRITER = fileURLToPath(new URL('registry-writer.js', import.meta.url));

/** Runs a process that registers modules until it is killed. Returns the digests that it confirmed. */
const runAndKill = async (folder: string, name: string): Promise<readonly string[]> => {
  const child = spawn(process.execPath, ['--no-warnings', WRITER, folder, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  await new Promise((resolve) => child.stdout.once('data', resolve));
  await setTimeout(Math.random() * LONGEST_MS);
  child.kill('SIGKILL');
  await ended;
  // The last line may be incomplete. The first line says that the process has started.
  return said.split('\n').slice(1, -1);
};

const main = async (): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-soak-'));
  const confirmed = new Set<string>();
  let cutAtRecord = 0;
  let lost = 0;
  const startMs = performance.now();
  for (let killed = 0; killed < KILLS; killed += AT_A_TIME) {
    const running = Array.from({ length: AT_A_TIME }, async (_, which) => {
      return await runAndKill(folder, `${killed + which}`);
    });
    const said = (await Promise.all(running)).flat();
    for (const digest of said) confirmed.add(digest);
    const registry = await openRegistry({ folder, functions: [registered] });
    for (const digest of said) {
      if ((await registry.find(digest, [])) === undefined) lost += 1;
      else if ((await registry.readModule(digest)) === undefined) lost += 1;
    }
    if ((killed + AT_A_TIME) % 100 === 0)
      console.log(`${killed + AT_A_TIME} kills, ${confirmed.size} confirmed`);
  }
  const registry = await openRegistry({ folder, functions: [registered] });
  const listed = await registry.list();
  const digests = new Set(listed.map(({ sha256 }) => sha256));
  const missing = [...confirmed].filter((digest) => !digests.has(digest)).length;
  let unreadable = 0;
  for (const digest of digests) if ((await registry.readModule(digest)) === undefined) unreadable += 1;
  const modules = readdirSync(join(folder, 'modules'));
  const records = readdirSync(join(folder, 'records'));
  cutAtRecord = modules.filter((file) => !file.startsWith('.')).length - digests.size;
  const temporary = [...modules, ...records].filter((file) => file.startsWith('.')).length;
  console.log(
    `\n${KILLS} × kill -9 in ${((performance.now() - startMs) / 1000).toFixed(0)} s, Node ${process.version}\n`,
  );
  console.log('| | |\n| --- | ---: |');
  console.log(`| confirmed | ${confirmed.size} |`);
  console.log(`| confirmed and lost | ${lost + missing} |`);
  console.log(`| records whose module cannot be read | ${unreadable} |`);
  console.log(`| killed while a file was written | ${temporary} |`);
  console.log(`| killed between a module and its record | ${cutAtRecord} |`);
  rmSync(folder, { recursive: true });
  if (lost + missing + unreadable > 0) process.exitCode = 1;
};

await main();
