import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';

import { clock } from '../clock.ts';

/** How often it is looked again: who is killed may have started another. */
const ROUNDS = 5;

/** Kills every process with a mark in its environment, where the system shows environments. Never rejects. */
export const killMarked = async (mark: string): Promise<void> => {
  for (let round = 0; round < ROUNDS; round += 1) {
    const pids = await findMarked(mark);
    if (pids.length === 0) return;
    for (const pid of pids) kill(pid);
  }
};

/** How many environments are read before other work gets its turn: some 15 µs each, a tenth of what a promise for each would take. */
const AT_ONCE = 64;

/** The processes with a mark in their environment. */
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
    // It has ended, or is another user's.
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
