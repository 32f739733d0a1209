// Publishes every package that has a new version. Run `node scripts/release.mjs --help` for its options.
import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const HELP = `Usage: npm run release -- [--dry-run] [--skip-tests]

Applies the changesets (versions and changelogs), builds, tests, and publishes every package whose version is not on the registry.

  --dry-run     changes nothing: shows the next versions, and packs each package as it would be published
  --skip-tests  does not run the tests and checks
  --help        prints this text

Examples:
  $ npm run release -- --dry-run
  $ npm run release
`;

const { values } = parseArgs({
  options: { 'dry-run': { type: 'boolean' }, 'skip-tests': { type: 'boolean' }, help: { type: 'boolean' } },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}
const isDryRun = values['dry-run'] === true;

const say = (line) => process.stdout.write(`${line}\n`);
const run = (command, ...args) => {
  say(`$ ${[command, ...args].join(' ')}`);
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  if (status === 0) return;
  process.stderr.write(
    'The last command failed. Fix the reported problem, then run this again. Published packages are skipped.\n',
  );
  process.exit(1);
};
const read = (command, ...args) => execFileSync(command, args, { encoding: 'utf8' }).trim();

const packages = readdirSync('packages').map((folder) =>
  JSON.parse(readFileSync(`packages/${folder}/package.json`, 'utf8')),
);

/** Sorts packages after their dependencies, so that no published package ever lacks a dependency on the registry. */
const inOrder = () => {
  const done = new Set();
  const sorted = [];
  const visit = (each) => {
    if (done.has(each.name)) return;
    done.add(each.name);
    for (const other of packages) if (other.name in (each.dependencies ?? {})) visit(other);
    sorted.push(each);
  };
  packages.forEach(visit);
  return sorted;
};

const isPublished = ({ name, version }) => {
  try {
    return read('npm', 'view', `${name}@${version}`, 'version') === version;
  } catch {
    return false;
  }
};

if (!isDryRun && read('git', 'status', '--porcelain') !== '') {
  process.stderr.write(
    'The working tree has changes: expected a clean one. Commit or stash them, then run this again.\n',
  );
  process.exit(1);
}

if (isDryRun) run('npx', 'changeset', 'status');
else {
  run('npx', 'changeset', 'version');
  run('npm', 'install', '--package-lock-only', '--ignore-scripts');
}
run('npm', 'run', 'build');
if (!isDryRun && values['skip-tests'] !== true) {
  run('npm', 'test');
  run('npm', 'run', 'check');
}
for (const each of inOrder()) {
  if (isDryRun) run('npm', 'pack', '--dry-run', '--workspace', each.name);
  else if (isPublished(each)) say(`${each.name}@${each.version} is already published.`);
  else run('npm', 'publish', '--workspace', each.name);
}
if (isDryRun) say('Nothing was changed and nothing was published.');
else {
  run('git', 'commit', '--all', '--message', 'Release');
  say('Push the commit and tag it with the versions.');
}
