import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { onTestFinished } from 'vitest';

import { fileHere } from './kv.ts';
import { openFolder } from './scripts.ts';

/** A plugin of fault in Python. */
export interface FaultProcess {
  readonly port: number;
  readonly address: string;
  readonly child: ChildProcess;
  /** What it has printed since it started, by line. */
  readonly lines: readonly string[];
}

/** Makes Python modules of the service's `.proto` as fault's guide does, and gives their folder. */
export const buildFaultModules = (python: string): string => {
  const folder = openFolder();
  const args = ['-m', 'grpc_tools.protoc', `--python_out=${folder}`, `--grpc_python_out=${folder}`];
  execFileSync(python, [...args, '-I', fileHere('./protos/fault'), 'plugin.proto'], { stdio: 'pipe' });
  return folder;
};

/** Starts a plugin beside this file, on any port or a given one; it is killed when the test ends. */
export const startFaultPython = async (
  python: string,
  modules: string,
  script: 'fault_echo.py' | 'fault_postgresql.py',
  port = 0,
): Promise<FaultProcess> => {
  const child = spawn(python, [fileHere(`./plugins/${script}`), String(port)], {
    env: { ...process.env, PYTHONPATH: modules },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const output = createInterface({ input: child.stdout });
  const [first] = (await once(output, 'line')) as [string];
  const lines: string[] = [];
  output.on('line', (line) => lines.push(line));
  const bound = Number(first);
  return { port: bound, address: `http://localhost:${bound}`, child, lines };
};
