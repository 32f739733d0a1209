// Releases every package that has a new version. `node scripts/release.mjs --help` explains how.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `Usage: npm run release -- [--dry-run] [--json] [--skip-tests]

Turns the changesets into versions and changelogs, builds, tests, commits, and publishes every package whose version is not on the
registry.

Options:
  --dry-run     changes and publishes nothing: shows the next versions, and packs each package
  --json        with --dry-run: prints the result as JSON
  --skip-tests  does not run the tests and checks

Examples:
  $ npm run release -- --dry-run
  $ npm run release
`;

const { values } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    'skip-tests': { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const progress = (line) => process.stderr.write(`${line}\n`);
const fail = (message) => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};
const run = (command, ...args) => {
  progress(`$ ${[command, ...args].join(' ')}`);
  if (spawnSync(command, args, { stdio: ['inherit', 2, 2] }).status === 0) return;
  fail(
    'The last command failed. Fix what it reports, then run this again. Packages that are published already are skipped.',
  );
};
const read = (command, ...args) => execFileSync(command, args, { encoding: 'utf8' }).trim();
const readManifest = (file) => JSON.parse(readFileSync(file, 'utf8'));

/** The manifests of the packages, each after those that it depends on. */
const readPackages = (root = '.') => {
  const packages = readdirSync(join(root, 'packages')).map((folder) =>
    readManifest(join(root, 'packages', folder, 'package.json')),
  );
  const sorted = new Set();
  const visit = (each) => {
    for (const other of packages) if (other.name in (each.dependencies ?? {})) visit(other);
    sorted.add(each);
  };
  packages.forEach(visit);
  return [...sorted];
};

/** The versions after the changesets: `changeset version` in a copy of everything that it reads. */
const nextVersions = () => {
  const copy = mkdtempSync(join(tmpdir(), 'plugwire-release-'));
  try {
    cpSync('.changeset', join(copy, '.changeset'), { recursive: true });
    const { workspaces } = readManifest('package.json');
    const folders = workspaces.flatMap((pattern) =>
      pattern.endsWith('/*')
        ? readdirSync(dirname(pattern)).map((name) => join(dirname(pattern), name))
        : [pattern],
    );
    const files = [
      'package.json',
      'package-lock.json',
      'scripts/changelog.cjs',
      ...folders.map((folder) => join(folder, 'package.json')),
    ];
    for (const file of files.filter((path) => existsSync(path))) {
      mkdirSync(join(copy, dirname(file)), { recursive: true });
      copyFileSync(file, join(copy, file));
    }
    const cli = fileURLToPath(import.meta.resolve('@changesets/cli/bin.js'));
    const { status, stderr, stdout } = spawnSync(process.execPath, [cli, 'version'], {
      cwd: copy,
      encoding: 'utf8',
    });
    if (status !== 0) fail(`changeset version failed:\n${stdout}${stderr}`);
    return new Map(readPackages(copy).map(({ name, version }) => [name, version]));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
};

const isPublished = ({ name, version }) => {
  const { status, stdout } = spawnSync('npm', ['view', `${name}@${version}`, 'version'], {
    encoding: 'utf8',
  });
  return status === 0 && stdout.trim() === version;
};

const rehearse = () => {
  const versions = nextVersions();
  run('npm', 'run', 'build');
  const packed = readPackages().map(({ name, version }) => {
    progress(`$ npm pack --dry-run --workspace ${name}`);
    const [{ size, entryCount }] = JSON.parse(
      read('npm', 'pack', '--dry-run', '--json', '--silent', '--workspace', name),
    );
    return { name, version, next: versions.get(name), files: entryCount, bytes: size };
  });
  if (values.json) {
    process.stdout.write(`${JSON.stringify(packed, undefined, 2)}\n`);
    return;
  }
  for (const { name, version, next, files, bytes } of packed) {
    const change = next === version ? version : `${version} -> ${next}`;
    process.stdout.write(`${name} ${change}: ${files} files, ${Math.ceil(bytes / 1000)} kB\n`);
  }
  process.stdout.write('Nothing was changed or published.\n');
};

const release = () => {
  if (read('git', 'status', '--porcelain') !== '') {
    fail('The working tree has changes. Commit or stash them, then run this again.');
  }
  run('npx', 'changeset', 'version');
  run('npm', 'install', '--package-lock-only', '--ignore-scripts');
  run('npm', 'run', 'format');
  run('npm', 'run', 'build');
  if (!values['skip-tests']) {
    run('npm', 'test');
    run('npm', 'run', 'check');
  }
  if (read('git', 'status', '--porcelain') !== '') {
    run('git', 'add', '--all');
    run('git', 'commit', '--message', 'Release');
  }
  for (const each of readPackages()) {
    if (isPublished(each)) progress(`${each.name}@${each.version} is already published.`);
    else run('npm', 'publish', '--workspace', each.name);
  }
  progress('Done. Push the commit, and tag it with the version.');
};

if (values.help) process.stdout.write(HELP);
else if (values['dry-run']) rehearse();
else release();
