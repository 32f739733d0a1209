import type { GuardedSources } from '../../host-functions/host-sources.ts';
import type { WasiSettings } from '../../wasi/parse-wasi.ts';
import { createWasi, type Wasi } from '../../wasi/create-wasi.ts';
import type { ViewedMemory } from '../../wasi/guest-view.ts';
import type { GuestLog } from '../../kernel/kernel.ts';

/** The log levels of a guest's standard output and standard error, as Extism's numbers: info and warn. */
const STDOUT_LEVEL = 2;
const STDERR_LEVEL = 3;

/** What WASI needs from its instance. */
export interface WasiHost {
  /** Returns the guest's memory, or `undefined` before there is one. */
  memory(): ViewedMemory | undefined;
  readonly log: GuestLog;
  readonly sources: GuardedSources;
  /** Charges the running call for work on this number of bytes. */
  charge(bytes: number): void;
  /** Ends the process with an exit code. Always throws. */
  exit(code: number): never;
  readonly settings: Required<WasiSettings>;
}

/** Creates WASI preview 1 for a guest: no files, the arguments and environment of `settings`, and output to the log line by line. */
export const createGuestWasi = ({ memory, log, sources, charge, exit, settings }: WasiHost): Wasi => {
  const write = (level: number) => (line: string) => {
    if (level >= log.level()) log.write(level, line);
  };
  return createWasi({
    ...settings,
    memory,
    charge,
    exit,
    stdout: write(STDOUT_LEVEL),
    stderr: write(STDERR_LEVEL),
    nowUnixNs: () => BigInt(sources.nowUnixMs()) * 1_000_000n,
    monotonicNs: sources.monotonicNs,
    fillRandom: sources.fillRandom,
  });
};
