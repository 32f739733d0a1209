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

/** What is started. */
export interface ProcessOptions {
  /** The executable, absolute. */
  readonly command: string;
  readonly args: readonly string[];
  /** Its variables, given the folder for its sockets. */
  env(folder: string): Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  /** Whether it reads the standard input of this process, such as a terminal. */
  readonly inheritsStdin: boolean;
}

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How a process ended, in words. */
export const showEnd = ({ code, signal }: ProcessEnd): string =>
  signal === null ? `exit code ${code}` : `signal ${signal}`;

/** A process in a group of its own, which does not outlive this process. */
export interface RunningProcess {
  readonly pid: number;
  /** A folder of its own, for sockets: only this user can enter it. It is removed with the process. */
  readonly folder: string;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when the process has ended. */
  readonly ended: Promise<ProcessEnd>;
  /** How it ended, if it has. */
  end(): ProcessEnd | undefined;
  /** Sends a signal to the group. */
  signal(signal: NodeJS.Signals): void;
  /** Kills the group and whoever left it, and removes the folder. Resolves when nothing is left. Never rejects. */
  kill(): Promise<void>;
}

/** Waits until the guardian knows of the process: whoever kills this process before that ends the wait, too. */
const WAIT_AND_EXEC = 'read -r go <&3 && exec "$@" 3<&-';
/** The variable by which a process and its children are known. */
const MARK = 'PLUGWIRE_PROCESS';
/** How long output is still read after the process has ended. */
const DRAIN_MS = 1_000;
/** Longer paths are no addresses of unix sockets: 108 bytes less the name that a plugin adds. */
const LONGEST_FOLDER = 80;

/** Starts a process. Rejects with `PluginLoadError` `instantiate`/`start_failed`. */
export const startProcess = async (options: ProcessOptions): Promise<RunningProcess> => {
  const { command, args, env, cwd, inheritsStdin } = options;
  if (process.platform === 'win32') {
    throw loadError(
      'instantiate',
      'start_failed',
      'processes cannot be guarded on Windows: use another system, or build the plugin as a module.',
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
      // A group of its own, which can be killed as a whole.
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
      `the system does not start the process (${codeOf(cause)}): check the working directory, and how many processes there may be.`,
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
      // Whom it leaves behind must not live on, nor keep its pipes open.
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
    // There is nobody left.
  }
};

/** Waits for a promise, but not longer than that. */
export const within = async (ms: number, promise: Promise<unknown>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const time = new Promise<void>((resolve) => {
    timer = clock.setTimeout(resolve, ms);
  });
  await Promise.race([promise.catch(() => undefined), time]);
  if (timer !== undefined) clock.clearTimeout(timer);
};
