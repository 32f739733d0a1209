import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import type { KitFile } from '../../kit/kit.ts';

/** Where cargo keeps what it made, so that the standard library is compiled once for all tests. */
const TARGET = join(tmpdir(), 'plugwire-rust-target');

/** A crate for this target can be built: the build script tells, on a folder without a crate. */
export const hasRust = (): boolean => {
  for (const rustc of ['rustc', '/usr/bin/rustc']) {
    const { stdout } = spawnSync(rustc, ['--print', 'sysroot'], { encoding: 'utf8' });
    const sysroot = stdout?.trim() ?? '';
    const { status } = spawnSync('test', [
      '-d',
      join(sysroot, 'lib/rustlib/wasm32-unknown-unknown/lib'),
      '-o',
      '-d',
      join(sysroot, 'lib/rustlib/src/rust/library'),
    ]);
    if (sysroot !== '' && status === 0) return true;
  }
  return false;
};

/** Writes a plugin into a folder and builds it with its own script. Returns the module. */
export const buildRustPlugin = (folder: string, name: string, files: readonly KitFile[]): Uint8Array => {
  for (const { path, text, isExecutable } of files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    if (isExecutable === true) chmodSync(file, 0o755);
  }
  execFileSync('./build.sh', {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, CARGO_TARGET_DIR: TARGET },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return readFileSync(join(folder, `${name}.wasm`));
};
