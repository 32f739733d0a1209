// The recipe of each plugin: its sources, its tool and its command. Commands run in this folder or in the plugin's folder, and
// paths are relative, so that modules contain no paths of a machine.
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';

const require = createRequire(import.meta.url);

const LOAD_BALANCER = [
  'build_signer',
  'filter',
  'normalize_error',
  'observe',
  'on_unauthorized',
  'shape',
  'sign',
];

// npm adds node_modules/.bin to the path. clang would run a wasm-opt from there, which changes the bytes or fails.
const PATH = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !folder.includes('node_modules'))
  .join(delimiter);

const run = (file, args, env = {}, folder = '.') => {
  try {
    return execFileSync(file, args, {
      cwd: join(import.meta.dirname, folder),
      encoding: 'utf8',
      env: { ...process.env, PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
};

const firstLine = (text) => text?.split('\n')[0]?.trim();

/** A tool. `version` returns its version, or `undefined` if it is not installed. `command` returns file, arguments and environment. */
const ASSEMBLYSCRIPT = {
  version: () => `assemblyscript ${require('assemblyscript/package.json').version}`,
  // The same command as in the build script of a new plugin.
  command: (_, out) => [
    process.execPath,
    [
      require.resolve('assemblyscript/bin/asc.js'),
      '--config',
      'assembly/kit/asconfig.json',
      '--transform',
      './assembly/kit/identity.mjs',
      '--outFile',
      out,
    ],
  ],
  runsInPlugin: true,
  shown: 'asc',
};

const CLANG = {
  version: () => firstLine(run('clang-14', ['--version'])),
  command: (folder, out, sources) => [
    'clang-14',
    [
      '--target=wasm32-unknown-unknown',
      '-std=c11',
      '-Oz',
      '-flto',
      '-Wall',
      '-Wextra',
      '-Werror',
      '-mbulk-memory',
      '-ffreestanding',
      '-nostdlib',
      '-Wl,--no-entry',
      '-Wl,--strip-all',
      '-Wl,--stack-first',
      '-Wl,-z,stack-size=32768',
      `-I${folder}`,
      // From a shared plugin's folder, leave out its plugin.c and its kit.
      ...sources.filter(
        (path) =>
          path.endsWith('.c') && (path.startsWith(`${folder}/`) || !/\/(?:plugin\.c$|kit\/)/.test(path)),
      ),
      '-o',
      out,
    ],
  ],
  shown: 'clang-14',
};

const GO = {
  version: () => firstLine(run('go', ['version'])) ?? firstLine(run('/usr/local/go/bin/go', ['version'])),
  command: (folder, out) => [
    run('go', ['version']) === undefined ? '/usr/local/go/bin/go' : 'go',
    [
      'build',
      '-C',
      folder,
      '-buildmode=c-shared',
      '-trimpath',
      '-buildvcs=false',
      '-ldflags=-s -w',
      '-o',
      out,
      '.',
    ],
    { GOOS: 'wasip1', GOARCH: 'wasm', GOTOOLCHAIN: 'local', GOFLAGS: '', GOWORK: 'off' },
  ],
  shown: 'go',
};

/** Debian's `rustc-web`, `cargo-web` and `rust-web-src`. The standard library is built from its source. */
const CARGO = {
  version: () => {
    const rustc = run('/usr/bin/rustc', ['--version']);
    return run('/usr/bin/cargo', ['--version']) === undefined ? undefined : firstLine(rustc);
  },
  command: (folder, out) => [
    '/usr/bin/cargo',
    [
      'build',
      '--release',
      '--locked',
      `--manifest-path=${folder}/Cargo.toml`,
      `--target-dir=${out}.target`,
      '--target=wasm32-unknown-unknown',
      '-Zbuild-std=std,panic_abort',
      // Remove paths of the machine from the module.
      '-Ztrim-paths',
      '--config=profile.release.trim-paths="all"',
    ],
    {
      PATH: '/usr/bin:/bin',
      RUSTC_BOOTSTRAP: '1',
      RUSTFLAGS: '',
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: 'wasm-ld-14',
    },
  ],
  finish: (folder, out) => {
    const crate = folder.replaceAll('-', '_');
    renameSync(`${out}.target/wasm32-unknown-unknown/release/${crate}.wasm`, out);
    rmSync(`${out}.target`, { recursive: true });
  },
  shown: 'cargo',
};

/** Rust plugins with a kit need no standard library, only `core` and `alloc`, which are built from their source. */
const CARGO_KIT = {
  ...CARGO,
  command: (folder, out) => {
    const [file, args, env] = CARGO.command(folder, out);
    const ownArgs = args.map((each) => (each.startsWith('-Zbuild-std') ? '-Zbuild-std=core,alloc' : each));
    // The default stack has 1 MiB. These plugins need much less.
    return [file, ownArgs, Object.assign({}, env, { RUSTFLAGS: '-Clink-arg=-zstack-size=131072' })];
  },
  finish: (folder, out) => CARGO.finish('plugin', out),
};

/** Options that all Rust recipes have. */
const RUST = { hasIdentity: true, isSlow: true };

const greet = (language, toolchain, extra = {}) => ({
  name: `greet-${language}`,
  language,
  toolchain,
  functions: ['greet'],
  needsWasi: false,
  hasIdentity: false,
  isSlow: false,
  shared: [],
  ...extra,
});

const loadBalancer = (language, toolchain, extra) => ({
  ...greet(language, toolchain, extra),
  name: `load-balancer-${language}`,
});

/**
 * All plugins of this folder. `shared` lists further folders with sources. A plugin with `hasIdentity` has its identity section in
 * its source; the others get it after they are compiled. A plugin with `isSlow` takes minutes to build.
 */
export const recipes = [
  loadBalancer('assemblyscript', ASSEMBLYSCRIPT, { functions: LOAD_BALANCER, hasIdentity: true }),
  {
    ...greet('assemblyscript', ASSEMBLYSCRIPT, { hasIdentity: true }),
    name: 'guard-assemblyscript',
    functions: LOAD_BALANCER,
    shared: ['load-balancer-assemblyscript'],
  },
  loadBalancer('c', CLANG, { functions: LOAD_BALANCER, hasIdentity: true }),
  {
    ...greet('c', CLANG, { shared: ['load-balancer-c'], hasIdentity: true }),
    name: 'guard-c',
    functions: LOAD_BALANCER,
  },
  {
    ...greet('rust', CARGO, RUST),
    name: 'cc-lb-rust',
    functions: LOAD_BALANCER,
  },
  greet('assemblyscript', ASSEMBLYSCRIPT, { hasIdentity: true }),
  greet('c', CLANG, { hasIdentity: true }),
  greet('rust', CARGO_KIT, RUST),
  loadBalancer('rust', CARGO_KIT, { ...RUST, functions: LOAD_BALANCER }),
  {
    ...greet('rust', CARGO_KIT, { ...RUST, shared: ['load-balancer-rust'] }),
    name: 'guard-rust',
    functions: LOAD_BALANCER,
  },
  greet('go', GO, { needsWasi: true }),
  loadBalancer('go', GO, { functions: LOAD_BALANCER, needsWasi: true }),
  {
    ...greet('go', GO, { needsWasi: true, shared: ['load-balancer-go'] }),
    name: 'guard-go',
    functions: LOAD_BALANCER,
  },
];

/** Runs a recipe's command, which writes the module to `out`. Throws if the tool is not installed or fails. */
export const compile = ({ name, toolchain }, sources, out) => {
  const [file, args, env] = toolchain.command(name, out, sources);
  if (run(file, args, env, toolchain.runsInPlugin ? name : '.') === undefined)
    throw new Error(
      `${name}: ${file} was not found. Expected ${toolchain.shown}: install it, then build again.`,
    );
  toolchain.finish?.(name, out);
};

/** Returns the command for the record, without paths of this machine. */
export const showCommand = ({ name, toolchain }, sources) => {
  const [, args, env = {}] = toolchain.command(name, `${name}.wasm`, sources);
  const settings = Object.entries(env)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}=${value}`);
  const shown = args.filter((argument) => !argument.endsWith('asc.js'));
  return [
    ...settings,
    toolchain.shown,
    ...shown.map((each) => (each.includes(' ') ? `'${each}'` : each)),
  ].join(' ');
};
