// How each plugin is built: what it is, from which sources, with which tool, by which command. Paths are relative to this
// folder, which is also where the commands run, or the plugin's own, so that nothing of a machine gets into a module.
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

// npm puts node_modules/.bin into the path, and clang runs a wasm-opt that it finds there: other bytes, or none.
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

/** What a tool says of itself and how it is called; `undefined` where it is not installed. */
const ASSEMBLYSCRIPT = {
  version: () => `assemblyscript ${require('assemblyscript/package.json').version}`,
  // As the build script of a new plugin does it.
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
      // Of another plugin's folder, neither its handlers nor its kit.
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

/** Debian's `rustc-web`, `cargo-web` and `rust-web-src`: the standard library is built from its source. */
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
      // No path of the machine gets into the module.
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

/** Plugins in Rust with a kit need no standard library: what is below it is built from its source. */
const CARGO_KIT = {
  ...CARGO,
  command: (folder, out) => {
    const [file, args, env] = CARGO.command(folder, out);
    const ownArgs = args.map((each) => (each.startsWith('-Zbuild-std') ? '-Zbuild-std=core,alloc' : each));
    // Instead of 1 MiB: they hold little on their stack.
    return [file, ownArgs, Object.assign({}, env, { RUSTFLAGS: '-Clink-arg=-zstack-size=131072' })];
  },
  finish: (folder, out) => CARGO.finish('plugin', out),
};

/** What recipes of plugins in Rust have in common. */
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
 * Every plugin of this folder. `shared` lists folders of sources beside its own. A plugin that `hasIdentity` brings its identity
 * section along; the others get theirs after they are compiled. One that `isSlow` takes minutes to build.
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

/** Runs a recipe's command, which writes a module to a file. */
export const compile = ({ name, toolchain }, sources, out) => {
  const [file, args, env] = toolchain.command(name, out, sources);
  if (run(file, args, env, toolchain.runsInPlugin ? name : '.') === undefined)
    throw new Error(`${name}: ${file} is not installed.`);
  toolchain.finish?.(name, out);
};

/** The command as it is recorded: no path of this machine in it. */
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
