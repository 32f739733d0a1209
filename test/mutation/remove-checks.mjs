// `npm run mutate`: removes the checks of protocol §2 to §5 from the sources, one by one, and expects a test to fail each time.
// If no test fails, the check is printed as SURVIVED, and the exit code is 1.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

import { CHECKS } from './checks.mjs';

const root = new URL('../../', import.meta.url);
const only = process.argv[2];
const SIGNALS = ['SIGINT', 'SIGTERM'];

const testsFail = (tests) => {
  const args = ['vitest', 'run', '--bail', '1', '--reporter', 'dot', ...tests];
  return spawnSync('npx', args, { cwd: root, stdio: 'ignore' }).status !== 0;
};

/** Replaces one place of a file while `run` runs. */
const withChange = ({ file, find, replace }, run) => {
  const url = new URL(file, root);
  const original = readFileSync(url, 'utf8');
  if (original.split(find).length !== 2)
    throw new Error(`${file} must have exactly one match of: ${find}. Correct test/mutation/checks.mjs.`);
  const restore = () => writeFileSync(url, original);
  const interrupt = () => {
    restore();
    process.exit(1);
  };
  for (const signal of SIGNALS) process.once(signal, interrupt);
  writeFileSync(
    url,
    original.replace(find, () => replace),
  );
  try {
    return run();
  } finally {
    restore();
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
};

const checks = CHECKS.filter(({ rule }) => only === undefined || rule.includes(only));
let survived = 0;
for (const [at, check] of checks.entries()) {
  const isKilled = withChange(check, () => testsFail(check.tests));
  if (!isKilled) survived += 1;
  console.log(`${at + 1}/${checks.length} ${isKilled ? 'noticed ' : 'SURVIVED'} ${check.rule}`);
}
console.log(`${checks.length - survived} of ${checks.length} removed checks are noticed by a test`);
process.exitCode = survived === 0 ? 0 : 1;
