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

/** The processes with a mark in their environment. */
export const findMarked = async (mark: string): Promise<readonly number[]> => {
  const names = await readdir('/proc').catch(() => []);
  const found = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .map(async (name) => {
        const environment = await readFile(`/proc/${name}/environ`, 'latin1').catch(() => '');
        return environment.includes(`PLUGWIRE_PROCESS=${mark}`) ? [Number(name)] : [];
      }),
  );
  return found.flat();
};

const kill = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
};
