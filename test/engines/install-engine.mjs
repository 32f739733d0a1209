import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the installed engines and of their reports. */
export const CACHE = fileURLToPath(new URL('../../node_modules/.cache/engines', import.meta.url));

const INSTALL_TIMEOUT_MS = 300_000;

/**
 * Installs an engine in a folder that no package uses, once. Returns the path of its binary, or `undefined` if it cannot be installed or
 * does not start on this machine.
 */
export const installEngine = ({ name, package: from, version, binary }) => {
  const folder = join(CACHE, `${name}-${version}`);
  const path = join(folder, 'node_modules', binary);
  const starts = () => spawnSync(path, ['--version'], { stdio: 'ignore' }).status === 0;
  if (starts()) return path;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', `${from}@${version}`], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: INSTALL_TIMEOUT_MS,
  });
  return starts() ? path : undefined;
};
