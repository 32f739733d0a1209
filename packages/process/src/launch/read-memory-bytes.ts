import { readFileSync } from 'node:fs';

/** Returns the resident memory of a process in bytes, or 0 if the system does not show it. Called when metrics are scraped. */
export const readMemoryBytes = (pid: number | undefined): number => {
  if (pid === undefined) return 0;
  try {
    const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return Number(kib ?? 0) * 1024;
  } catch {
    return 0;
  }
};
