// Runs the tests on other engines, and prints a table. `node test/engines/check-engines.mjs --help` says how.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { ENGINES } from './engines.mjs';
import { CACHE, installEngine } from './install-engine.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const HELP = `Usage: npm run check:engines -- [--only NAMES] [--json] [FILTER...]

Runs the tests on other engines than the Node that runs this: ${ENGINES.map(({ name }) => name).join(', ')}.
Their binaries come from npm. FILTER are files or folders, as vitest takes them; by default all tests run.

Examples:
  $ npm run check:engines
  $ npm run check:engines -- --only node26,bun packages/runtime
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { only: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const names = values.only?.split(',');
const unknown = names?.find((name) => !ENGINES.some((engine) => engine.name === name));
if (unknown !== undefined) {
  process.stderr.write(
    `--only names "${unknown}": expected ${ENGINES.map(({ name }) => name).join(', ')}.\n`,
  );
  process.exit(2);
}
const chosen = ENGINES.filter(({ name }) => names === undefined || names.includes(name));

/** Runs the tests on an engine. The report is vitest's own. */
const run = (engine) => {
  const binary = installEngine(engine);
  if (binary === undefined)
    return {
      engine: engine.name,
      version: engine.version,
      skipped: `${engine.package}@${engine.version} cannot be installed or started here`,
    };
  const report = join(CACHE, `${engine.name}.json`);
  mkdirSync(CACHE, { recursive: true });
  rmSync(report, { force: true });
  const startedMs = Date.now();
  const { status } = spawnSync(
    binary,
    [
      ...engine.run,
      join(root, 'node_modules', 'vitest', 'vitest.mjs'),
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...positionals,
    ],
    { cwd: root, stdio: ['ignore', values.json ? 'ignore' : 'inherit', 'inherit'] },
  );
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  if (!existsSync(report))
    return { engine: engine.name, version: engine.version, status, seconds, failed: undefined };
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
  return {
    engine: engine.name,
    version: engine.version,
    status,
    seconds,
    passed: numPassedTests,
    failed: numFailedTests,
    pending: numPendingTests,
  };
};

const results = chosen.map(run);
if (values.json) process.stdout.write(`${JSON.stringify(results, undefined, 2)}\n`);
else {
  process.stdout.write(
    '\n| engine | version | passed | failed | skipped | seconds |\n| --- | --- | ---: | ---: | ---: | ---: |\n',
  );
  for (const { engine, version, passed, failed, pending, seconds, skipped } of results)
    process.stdout.write(
      skipped === undefined
        ? `| ${engine} | ${version} | ${passed ?? '?'} | ${failed ?? '?'} | ${pending ?? '?'} | ${seconds} |\n`
        : `| ${engine} | ${version} | skipped: ${skipped} | | | |\n`,
    );
}
process.exitCode = results.every(({ skipped, status }) => skipped !== undefined || status === 0) ? 0 : 1;
