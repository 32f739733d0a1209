import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { generateKit, generateProject } from '../../generate/generate-kit.ts';
import type { KitOptions } from '../../plan/plan-kit.ts';

const COMPILER = createRequire(import.meta.url).resolve('assemblyscript/bin/asc.js');
/** The arguments of a project's `build.sh`. */
const ARGUMENTS = ['--config', 'assembly/kit/asconfig.json', '--transform', './assembly/kit/identity.mjs'];

/**
 * Builds a plugin from a kit and the source of `assembly/index.ts`. Without `handlers` it uses the project's `assembly/index.ts`. Without
 * optimization a build takes half as long.
 */
export const buildAssemblyscriptPlugin = (
  options: Omit<KitOptions, 'language'>,
  handlers?: string,
  isOptimized = true,
): Uint8Array<ArrayBuffer> => {
  const all = { ...options, language: 'assemblyscript' as const };
  const folder = mkdtempSync(join(tmpdir(), 'plugwire-assemblyscript-'));
  try {
    for (const { path, text } of [...generateKit(all), ...generateProject(all)]) {
      const isReplaced = path === 'assembly/index.ts' && handlers !== undefined;
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), isReplaced ? handlers : text);
    }
    const level = isOptimized ? [] : ['--optimizeLevel', '0'];
    execFileSync(process.execPath, [COMPILER, ...ARGUMENTS, ...level, '--outFile', 'plugin.wasm'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new Uint8Array(readFileSync(join(folder, 'plugin.wasm')));
  } finally {
    rmSync(folder, { recursive: true });
  }
};
