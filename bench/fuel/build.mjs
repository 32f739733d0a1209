// Builds the workloads of this folder with the toolchains that are installed: `node bench/fuel/build.mjs OUTPUT-FOLDER`.
// A toolchain that is missing is reported and skipped. Zig comes from PyPI: `pip install ziglang==0.14.1`.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const require = createRequire(import.meta.url);
const here = import.meta.dirname;
const out = resolve(process.argv[2] ?? join(here, 'build'));
const fileOf = (name) => join(out, `${name}.wasm`);
const cargoTarget = join(out, 'cargo');

const recipes = {
  rust: {
    run: ['cargo', 'build', '--release', '--target', 'wasm32-unknown-unknown', '-Zbuild-std=std,panic_abort'],
    env: {
      RUSTC_BOOTSTRAP: '1',
      CARGO_TARGET_DIR: cargoTarget,
      CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER: 'wasm-ld-14',
    },
    after: () => copyFileSync(join(cargoTarget, 'wasm32-unknown-unknown/release/fuel.wasm'), fileOf('rust')),
  },
  c: {
    run: [
      'clang-14',
      '--target=wasm32-unknown-unknown',
      '-O2',
      '-mbulk-memory',
      '-ffreestanding',
      '-fno-builtin',
      '-nostdlib',
      '-Wl,--no-entry',
      '-Wl,--strip-all',
      'fuel.c',
      '-o',
      fileOf('c'),
    ],
  },
  assemblyscript: {
    run: [
      process.execPath,
      require.resolve('assemblyscript/bin/asc.js'),
      'fuel.ts',
      '-O3',
      '--runtime',
      'incremental',
      '--use',
      'abort=',
      '--outFile',
      fileOf('assemblyscript'),
    ],
  },
  zig: {
    run: [
      'python3',
      '-m',
      'ziglang',
      'build-exe',
      'fuel.zig',
      '-target',
      'wasm32-freestanding',
      '-O',
      'ReleaseFast',
      '-fno-entry',
      '-rdynamic',
      `-femit-bin=${fileOf('zig')}`,
      '--cache-dir',
      join(out, 'zig-cache'),
    ],
  },
  go: {
    run: ['go', 'build', '-buildmode=c-shared', '-trimpath', '-ldflags=-s -w', '-o', fileOf('go'), '.'],
    env: { GOOS: 'wasip1', GOARCH: 'wasm', GOTOOLCHAIN: 'local' },
  },
};

mkdirSync(out, { recursive: true });
for (const [name, { run, env, after }] of Object.entries(recipes)) {
  const [file, ...args] = run;
  try {
    execFileSync(file, args, { cwd: join(here, name), env: { ...process.env, ...env }, stdio: 'pipe' });
    after?.();
    console.log(`${name}: built`);
  } catch (error) {
    console.log(
      `${name}: skipped. ${String(error.stderr ?? error.message)
        .trim()
        .split('\n')
        .at(-1)}`,
    );
  }
}
