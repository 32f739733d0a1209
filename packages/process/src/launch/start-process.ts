import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

import { loadError } from '@plugwire/runtime';

import { clock } from '../base/clock.ts';
import { guardian } from './guardian.ts';
import { killMarked } from './kill-marked.ts';

/** The options of {@link startProcess}. */
export interface ProcessOptions {
  /** The absolute path of the executable. */
  readonly command: string;
  readonly args: readonly string[];
  /** Returns its environment variables. The argument is the folder for its sockets. */
  env(folder: string): Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  /** Whether it reads the standard input of this process. */
  readonly inheritsStdin: boolean;
}

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Describes how a process ended, such as `exit code 1` or `signal SIGKILL`. */
export const showEnd = ({ code, signal }: ProcessEnd): string =>
  signal === null ? `exit code ${code}` : `signal ${signal}`;

/** A process in a separate process group. It is killed when this process ends. */
export interface RunningProcess {
  readonly pid: number;
  /** The folder for its sockets, which only this user can access. It is removed with the process. */
  readonly folder: string;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the process has ended. */
  readonly ended: Promise<ProcessEnd>;
  /** How the process ended; `undefined` while it runs. */
  end(): ProcessEnd | undefined;
  /** Sends a signal to the group. */
  signal(signal: NodeJS.Signals): void;
  /** Kills the group and the processes that have left it, and removes the folder. Resolves when nothing is left. Never rejects. */
  kill(): Promise<void>;
}

/** Waits until the guardian has registered the process, then runs it. If this process is killed before, the wait ends too. */
const WAIT_AND_EXEC = 'read -r go <&3 && exec "$@" 3<&-';
/** The environment variable that marks a process and its children. */
const MARK = 'PLUGWIRE_PROCESS';
/** How long output is still read after the process has ended, in milliseconds. */
const DRAIN_MS = 1_000;
/** The most characters of the folder's path: a unix socket address has 108 bytes, and the plugin adds a file name. */
const LONGEST_FOLDER = 80;

/** Starts a process. Rejects with `PluginLoadError` `instantiate`/`start_failed`. */
export const startProcess = async (options: ProcessOptions): Promise<RunningProcess> => {
  const { command, args, env, cwd, inheritsStdin } = options;
  if (process.platform === 'win32') {
    throw loadError(
      'instantiate',
      'start_failed',
      'plugins in processes are not supported on Windows: use another system, or build the plugin as a WebAssembly module.',
    );
  }
  const mark = randomBytes(8).toString('hex');
  const folder = folderFor(mark);
  await guardian.add(mark, folder);
  try {
    await mkdir(folder, { mode: 0o700 });
    const child = spawn('/bin/sh', ['-c', WAIT_AND_EXEC, 'plugin', command, ...args], {
      cwd,
      env: { ...env(folder), [MARK]: mark },
      // A separate process group, which can be killed as a whole.
      detached: true,
      stdio: [inheritsStdin ? 'inherit' : 'ignore', 'pipe', 'pipe', 'pipe'],
    });
    const pid = await pidOf(child);
    await guardian.setPid(mark, pid);
    const running = createRunning(child, pid, mark, folder);
    const go = child.stdio[3] as unknown as NodeJS.WritableStream;
    go.on('error', () => undefined);
    go.end('go\n');
    return running;
  } catch (cause) {
    await rm(folder, { recursive: true, force: true });
    guardian.remove(mark);
    throw loadError(
      'instantiate',
      'start_failed',
      `the system cannot start the process (${codeOf(cause)}): check the working directory and the limit of processes.`,
      { cause },
    );
  }
};

const folderFor = (mark: string): string => {
  const folder = join(tmpdir(), `plugwire-${mark}`);
  return folder.length <= LONGEST_FOLDER ? folder : `/tmp/plugwire-${mark}`;
};

const codeOf = (cause: unknown): string => {
  const { code } = cause as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'unknown reason';
};

const pidOf = async (child: ChildProcess): Promise<number> =>
  await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => resolve(child.pid as number));
  });

const createRunning = (child: ChildProcess, pid: number, mark: string, folder: string): RunningProcess => {
  let how: ProcessEnd | undefined;
  child.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const ended = new Promise<ProcessEnd>((resolve) => {
    child.once('exit', (code, signal) => {
      how = { code, signal };
      // Processes that it started must not survive it or keep its pipes open.
      signalGroup(pid, 'SIGKILL');
      resolve(how);
    });
  });

  const clean = async (): Promise<void> => {
    signalGroup(pid, 'SIGKILL');
    await ended;
    await killMarked(mark);
    await within(DRAIN_MS, closed);
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.stdio[3]?.destroy();
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
    guardian.remove(mark);
  };
  let cleaning: Promise<void> | undefined;
  const kill = async (): Promise<void> => await (cleaning ??= clean());
  void ended.then(kill);

  return {
    pid,
    folder,
    stdout: child.stdout as Readable,
    stderr: child.stderr as Readable,
    ended,
    end: () => how,
    signal: (signal) => {
      if (how === undefined) signalGroup(pid, signal);
    },
    kill,
  };
};

const signalGroup = (pid: number, signal: NodeJS.Signals): void => {
  try {
    process.kill(-pid, signal);
  } catch {
    // The group has no processes any more.
  }
};

/** Waits for a promise, at most `ms` milliseconds. */
export const within = async (ms: number, promise: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const time = new Promise<void>((resolve) => {
    timer = clock.setTimeout(resolve, ms);
  });
  await Promise.race([promise.catch(() => undefined), time]);
  if (timer !== undefined) clock.clearTimeout(timer);
};
