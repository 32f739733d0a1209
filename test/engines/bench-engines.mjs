// `npm run bench:engines`: measures each engine with bench/src/engines.ts, and prints a table.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { ENGINES } from './engines.mjs';
import { installEngine } from './install-engine.mjs';

const SCRIPT = fileURLToPath(new URL('../../bench/dist/engines.js', import.meta.url));
const HERE = { name: 'node20', version: process.versions.node, run: [] };

const rowOf = ({ name, version, run }, binary) => {
  if (binary === undefined) return [name, version, 'skipped: cannot be installed or started here'];
  const { status, stdout, stderr } = spawnSync(binary, [...run, SCRIPT], { encoding: 'utf8' });
  if (status !== 0) {
    process.stderr.write(stderr);
    process.exitCode = 1;
    return [name, version, 'failed: see above'];
  }
  const { timesFloor, dispatchUs, depth, code } = JSON.parse(stdout);
  const warns = stderr.includes('WASI is an experimental feature') ? 'yes' : 'no';
  return [name, version, timesFloor.toFixed(2), dispatchUs.toFixed(1), String(depth), code, warns];
};

const HEAD = ['engine', 'version', '× floor', 'dispatchSync µs', 'stack depth', 'code', 'WASI warning'];
for (const row of [HEAD, HEAD.map(() => '---')]) process.stdout.write(`| ${row.join(' | ')} |\n`);
process.stdout.write(`| ${rowOf(HERE, process.execPath).join(' | ')} |\n`);
for (const engine of ENGINES)
  process.stdout.write(`| ${rowOf(engine, installEngine(engine)).join(' | ')} |\n`);
