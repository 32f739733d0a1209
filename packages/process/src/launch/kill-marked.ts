import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';

import { clock } from '../base/clock.ts';

/** How often the search is repeated, because a process may start another one before it is killed. */
const ROUNDS = 5;

/** Kills every process with a mark in its environment, if the system shows environments. Never rejects. */
export const killMarked = async (mark: string): Promise<void> => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const pids = await findMarked(mark);
    if (pids.length === 0) return;
    for (const pid of pids) kill(pid);
  }
};

/** How many environments are read before yielding to the event loop. Reading one takes about 15 µs; an asynchronous read takes ten times as long. */
const AT_ONCE = 64;

/** Returns the ids of the processes with a mark in their environment. */
export const findMarked = async (mark: string): Promise<readonly number[]> => {
  const names = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found: number[] = [];
  for (let at = 0; at < names.length; at += AT_ONCE) {
    for (const name of names.slice(at, at + AT_ONCE)) if (hasMark(name, mark)) found.push(Number(name));
    await new Promise<void>((resolve) => clock.setImmediate(resolve));
  }
  return found;
};

const hasMark = (name: string, mark: string): boolean => {
  try {
    return readFileSync(`/proc/${name}/environ`, 'latin1').includes(`PLUGWIRE_PROCESS=${mark}`);
  } catch {
    // It has ended, or belongs to another user.
    return false;
  }
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
};
