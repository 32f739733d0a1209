import { getRandomValues } from 'node:crypto';

import { createWasi, type Wasi } from '../wasi/create-wasi.ts';
import type { GuestLog } from './kernel.ts';

/** Extism's numbers for the levels at which a guest's standard output and standard error are logged. */
const STDOUT_LEVEL = 2;
const STDERR_LEVEL = 3;

/** What WASI needs of the instance that it serves. */
export interface WasiHost {
  memory(): WebAssembly.Memory | undefined;
  readonly log: GuestLog;
  /** Charges the running call for work of so many bytes. */
  charge(bytes: number): void;
  exit(code: number): never;
}

/** WASI preview 1 for a guest: no files, no arguments, no environment; output goes to the log line by line. */
export const createGuestWasi = ({ memory, log, charge, exit }: WasiHost): Wasi => {
  const write = (level: number) => (line: string) => {
    if (level >= log.level()) log.write(level, line);
  };
  return createWasi({
    memory,
    charge,
    exit,
    stdout: write(STDOUT_LEVEL),
    stderr: write(STDERR_LEVEL),
    nowUnixNs: () => BigInt(Date.now()) * 1_000_000n,
    monotonicNs: () => process.hrtime.bigint(),
    fillRandom: (bytes) => {
      getRandomValues(bytes);
    },
  });
};
