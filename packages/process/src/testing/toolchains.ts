import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('./go', import.meta.url));

/** Runs a program. Returns `undefined` if it is not installed or fails. */
const tryRun = (
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): string | undefined => {
  try {
    return execFileSync(command, args, { ...options, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  } catch {
    return undefined;
  }
};

/** Tests download nothing. `go mod download` in that folder fetches the modules. */
const OFFLINE = { ...process.env, GOPROXY: 'off', GOFLAGS: '-mod=readonly' };

/** Whether the Go plugins can be built here. */
export const canBuildGo = (): boolean =>
  tryRun('go', ['list', '-deps', '.'], { cwd: folder, env: OFFLINE }) !== undefined;

/** Builds the plugins of `testing/go`, and returns the path of the program. */
export const buildGo = (): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'process-go-')), 'plugins');
  execFileSync('go', ['build', '-o', path, '.'], { cwd: folder, env: OFFLINE, stdio: 'pipe' });
  return path;
};

/** Returns a Python that has a module: the one in `PLUGWIRE_PYTHON`, or `python3`. Returns `undefined` if the module is missing. */
export const findPython = (module: 'grpc' | 'grpc_tools' = 'grpc'): string | undefined => {
  const python = process.env['PLUGWIRE_PYTHON'] ?? 'python3';
  return tryRun(python, ['-c', `import ${module}`]) === undefined ? undefined : python;
};
