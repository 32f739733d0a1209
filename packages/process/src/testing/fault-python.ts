import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { onTestFinished } from 'vitest';

import { fileHere } from './kv.ts';
import { openFolder } from './scripts.ts';

/** A running fault plugin in Python. */
export interface FaultProcess {
  readonly port: number;
  readonly address: string;
  readonly child: ChildProcess;
  /** The lines that it has printed. */
  readonly lines: readonly string[];
}

/** Generates Python modules from the `.proto` of the service, as fault's guide does, and returns their folder. */
export const buildFaultModules = (python: string): string => {
  const folder = openFolder();
  const args = ['-m', 'grpc_tools.protoc', `--python_out=${folder}`, `--grpc_python_out=${folder}`];
  execFileSync(python, [...args, '-I', fileHere('./protos/fault'), 'plugin.proto'], { stdio: 'pipe' });
  return folder;
};

/** Starts a plugin from the folder `plugins`, on the given port or a free one. It is killed when the test ends. */
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
