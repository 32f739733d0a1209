// Packs every package, installs the tarballs in an empty project, and uses them as other people's programs do.
// `npm run check:consumers -- --help` explains how. docs/engines.md has the results.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `Usage: npm run check:consumers -- [--json] [--keep]

Packs every package, installs the tarballs in an empty project, and uses them with compilers, bundlers and test runners.

Options:
  --json  prints the result as JSON
  --keep  keeps the project, and prints its folder

Exit codes: 0 if every consumer works, 1 if one does not, 3 if the tools cannot be installed.

Example:
  $ npm run check:consumers
`;

const { values } = parseArgs({
  options: { json: { type: 'boolean' }, keep: { type: 'boolean' }, help: { type: 'boolean' } },
});
if (values.help) {
  process.stdout.write(HELP);
  process.exit(0);
}

const here = fileURLToPath(new URL('.', import.meta.url));
const root = join(here, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'plugwire-consumers-'));
const PROMISED = 'Moin!';

/** Packages that consumers install themselves. The first TypeScript is the oldest with which the declarations compile. */
const TYPESCRIPTS = ['5.7.3', '7.0.2'];
const TOOLS = {
  zod: '4.6.0',
  '@types/node': '20.19.43',
  esbuild: '0.28.2',
  jest: '30.5.2',
};

const run = (command, args, options = {}) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8', ...options });
  return { ok: status === 0, output: `${stdout ?? ''}${stderr ?? ''}` };
};
const node = (...args) => run(process.execPath, ['--no-warnings', ...args]);
const write = (name, text) => writeFileSync(join(folder, name), text);
const json = (name, value) => write(name, JSON.stringify(value));

/** Ends with everything that a step printed, since nothing after it can work. */
const must = ({ ok, output }, step, exitCode) => {
  if (ok) return;
  process.stderr.write(`${step} failed:\n${output}\n`);
  process.exit(exitCode);
};

const install = () => {
  const packages = readdirSync(join(root, 'packages')).map((name) => `./packages/${name}`);
  const tarballs = join(folder, 'tarballs');
  mkdirSync(tarballs);
  must(
    run('npm', ['pack', ...packages, '--pack-destination', tarballs, '--silent'], { cwd: root }),
    'npm pack',
    1,
  );
  const files = readdirSync(tarballs).map((name) => `./tarballs/${name}`);
  json('package.json', {
    private: true,
    type: 'module',
    dependencies: TOOLS,
  });
  const compilers = TYPESCRIPTS.map((version) => `typescript-${version}@npm:typescript@${version}`);
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--prefer-offline'];
  must(run('npm', ['install', ...flags, ...files, ...compilers]), 'npm install', 3);
  copyFileSync(join(here, 'program.mjs'), join(folder, 'program.mjs'));
  copyFileSync(join(here, 'types.ts'), join(folder, 'types.ts'));
};

const compile = (version, module, moduleResolution) => {
  const config = `tsconfig-${version}-${moduleResolution}.json`;
  json(config, {
    compilerOptions: {
      target: 'es2022',
      lib: ['es2023', 'esnext.disposable'],
      types: ['node'],
      module,
      moduleResolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      skipLibCheck: false,
      noEmit: true,
    },
    files: ['types.ts'],
  });
  return run(process.execPath, [join('node_modules', `typescript-${version}`, 'bin', 'tsc'), '-p', config]);
};

const prints = (result) => ({ ...result, ok: result.ok && result.output.includes(PROMISED) });

/** @type {readonly (readonly [string, () => { readonly ok: boolean, readonly output: string }])[]} */
const CONSUMERS = [
  ...TYPESCRIPTS.flatMap((version) =>
    [
      ['nodenext', 'nodenext'],
      ['esnext', 'bundler'],
    ].map(([module, resolution]) => [
      `TypeScript ${version}, \`moduleResolution: ${resolution}\``,
      () => compile(version, module, resolution),
    ]),
  ),
  [
    'ESM `import`',
    () => {
      write('import.mjs', "import { run } from './program.mjs';\nconsole.log(await run());\n");
      return prints(node('import.mjs'));
    },
  ],
  [
    'CommonJS `require`',
    () => {
      write(
        'require.cjs',
        `for (const name of ['runtime', 'operate', 'process', 'store-redis', 'pdk', 'testing']) require('@plugwire/' + name);
require('plugwire');
void require('./program.mjs').run().then((text) => console.log(text));\n`,
      );
      return prints(node('require.cjs'));
    },
  ],
  [
    'esbuild bundle, ESM',
    () => {
      write(
        'entry.mjs',
        "import { run } from './program.mjs';\nvoid run().then((text) => console.log(text));\n",
      );
      const banner =
        "import { createRequire as c } from 'node:module'; import { fileURLToPath as f } from 'node:url'; import { dirname as d } from 'node:path'; const require = c(import.meta.url), __filename = f(import.meta.url), __dirname = d(__filename);";
      const built = run(join(folder, 'node_modules', '.bin', 'esbuild'), [
        'entry.mjs',
        '--bundle',
        '--platform=node',
        '--format=esm',
        '--outfile=bundle.mjs',
        `--banner:js=${banner}`,
      ]);
      return built.ok ? prints(node('bundle.mjs')) : built;
    },
  ],
  [
    'a Worker',
    () => {
      write(
        'worker.mjs',
        `import { isMainThread, parentPort, Worker } from 'node:worker_threads';
if (isMainThread) new Worker(new URL(import.meta.url)).on('message', (text) => console.log(text));
else parentPort.postMessage(await (await import('./program.mjs')).run());\n`,
      );
      return prints(node('worker.mjs'));
    },
  ],
  [
    '`node --test`',
    () => {
      write(
        'node.test.mjs',
        `import assert from 'node:assert';
import { it } from 'node:test';
import { run } from './program.mjs';
it('answers', async () => assert.equal(await run(), '${PROMISED}'));\n`,
      );
      return node('--test', 'node.test.mjs');
    },
  ],
  [
    'jest, `--experimental-vm-modules`',
    () => {
      write(
        'jest.test.js',
        `import { run } from './program.mjs';
test('answers', async () => expect(await run()).toBe('${PROMISED}'));\n`,
      );
      json('jest.config.json', { testMatch: ['**/jest.test.js'], transform: {} });
      const jest = join('node_modules', 'jest', 'bin', 'jest.js');
      return node('--experimental-vm-modules', jest, '--config', 'jest.config.json');
    },
  ],
];

process.stderr.write('Packing and installing.\n');
install();
const results = CONSUMERS.map(([consumer, check]) => {
  process.stderr.write(`Checking ${consumer}.\n`);
  const { ok, output } = check();
  if (!ok) process.stderr.write(`${output}\n`);
  return { consumer, works: ok };
});

const rows = results.map(({ consumer, works }) => `| ${consumer} | ${works ? 'yes' : 'no'} |\n`);
process.stdout.write(
  values.json
    ? `${JSON.stringify(results, undefined, 2)}\n`
    : `| consumer | works |\n| --- | --- |\n${rows.join('')}`,
);
if (values.keep) process.stderr.write(`${folder}\n`);
else rmSync(folder, { recursive: true, force: true });
process.exitCode = results.every(({ works }) => works) ? 0 : 1;
