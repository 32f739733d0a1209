import { readdir, readFile } from 'node:fs/promises';

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

/** Files that are open at a time: a machine may have more processes than this one may have files. */
const OPEN_FILES = 16;

/** The processes with a mark in their environment. */
export const findMarked = async (mark: string): Promise<readonly number[]> => {
  const names = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const found: number[] = [];
  for (let at = 0; at < names.length; at += OPEN_FILES) {
    const some = names.slice(at, at + OPEN_FILES);
    const marked = await Promise.all(some.map(async (name) => await hasMark(name, mark)));
    found.push(...some.filter((_, place) => marked[place]).map(Number));
  }
  return found;
};

const hasMark = async (name: string, mark: string): Promise<boolean> => {
  const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
  return environment.includes(`PLUGWIRE_PROCESS=${mark}`);
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
};
