import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { generateKit, generateProject } from '../../generate/generate-kit.ts';
import type { KitFile } from '../../kit/kit.ts';
import type { KitOptions } from '../../plan/plan-kit.ts';

/** Cargo's target folder. All tests share it, so the standard library is compiled once. */
const TARGET = join(tmpdir(), 'plugwire-rust-target');

const holds = (folder: string): boolean => spawnSync('test', ['-d', folder]).status === 0;

/** Whether plugins can be built: Rust is installed with the library for WebAssembly, or with its source. */
export const hasRust = ['rustc', '/usr/bin/rustc'].some((rustc) => {
  const { stdout } = spawnSync(rustc, ['--print', 'sysroot'], { encoding: 'utf8' });
  const library = join((stdout ?? '').trim(), 'lib/rustlib');
  return (
    stdout !== null &&
    (holds(join(library, 'wasm32-unknown-unknown/lib')) || holds(join(library, 'src/rust')))
  );
});

/** The end of a test title that says why the tests are skipped. Empty if they run. */
export const RUST_TITLE = hasRust ? '' : ' (skipped: needs Rust for wasm32-unknown-unknown)';

/** Builds a new plugin with its `build.sh`. `source` replaces its `src/lib.rs`. */
export const buildRustPlugin = (
  options: Omit<KitOptions, 'language'>,
  source?: string,
): Uint8Array<ArrayBuffer> => {
  const all: KitOptions = { ...options, language: 'rust' };
  const files = [...generateKit(all), ...generateProject(all)];
  const own = source === undefined ? [] : [{ path: 'src/lib.rs', text: source }];
  return inFolder([...files, ...own], (folder) => {
    run('./build.sh', [], folder);
    return Uint8Array.from(readFileSync(join(folder, `${options.plugin.name}.wasm`)));
  });
};

/** Runs `cargo test` on the files, outside of WebAssembly. Returns its output. */
export const testRust = (files: readonly KitFile[]): string =>
  inFolder(files, (folder) => run('cargo', ['test'], folder));

const run = (file: string, args: readonly string[], folder: string): string => {
  try {
    return execFileSync(file, args, {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, CARGO_TARGET_DIR: TARGET },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    throw new Error(`${file}: ${(error as { stderr?: string }).stderr ?? ''}`, { cause: error });
  }
};

const inFolder = <Result>(files: readonly KitFile[], use: (folder: string) => Result): Result => {
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-'));
  try {
    for (const { path, text, isExecutable } of files) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      if (isExecutable === true) chmodSync(file, 0o755);
    }
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
