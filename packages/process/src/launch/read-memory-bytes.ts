import { readFileSync } from 'node:fs';

/** The resident memory of a process in bytes, where the system shows it; otherwise 0. It is read at scrapes. */
export const readMemoryBytes = (pid: number | undefined): number => {
  if (pid === undefined) return 0;
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0;
  }
};
