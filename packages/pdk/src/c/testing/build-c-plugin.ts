import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { generateKit, generateProject } from '../../generate/generate-kit.ts';
import type { KitOptions } from '../../plan/plan-kit.ts';

const run = (folder: string, file: string, args: readonly string[]): string =>
  execFileSync(file, args, {
    cwd: folder,
    encoding: 'utf8',
    stdio: 'pipe',
    env: { ...process.env, CFLAGS: '-Werror -pedantic' },
  });

const canLink = (clang: string): boolean => {
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-c-'));
  try {
    writeFileSync(join(folder, 'probe.c'), 'int probe;\n');
    run(folder, clang, ['--target=wasm32-unknown-unknown', '-nostdlib', '-Wl,--no-entry', 'probe.c']);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** Whether a clang with a linker for WebAssembly is installed. */
export const hasClang = ['clang', 'clang-20', 'clang-19', 'clang-18', 'clang-17', 'clang-16', 'clang-15']
  .concat('clang-14')
  .some(canLink);

/** Builds a plugin with the project's `build.sh`, from a kit and the source of `plugin.c`. Default: the project's `plugin.c`. */
export const buildCPlugin = (
  options: Omit<KitOptions, 'language'>,
  source?: string,
): Uint8Array<ArrayBuffer> => {
  const all = { ...options, language: 'c' as const };
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-c-'));
  try {
    for (const { path, text, isExecutable } of [...generateKit(all), ...generateProject(all)]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), path === 'plugin.c' ? (source ?? text) : text);
      if (isExecutable === true) chmodSync(join(folder, path), 0o755);
    }
    run(folder, './build.sh', []);
    return Uint8Array.from(readFileSync(join(folder, `${options.plugin.name}.wasm`)));
  } finally {
    rmSync(folder, { recursive: true });
  }
};
