import { ERRNO } from './errno.ts';
import { type GuestView, writeU64 } from './guest-view.ts';
import type { StringList } from './string-list.ts';
import type { WasiFunctions } from './wasi-signatures.ts';

/** What the functions around the process work with. */
export interface ProcessParts {
  readonly view: () => GuestView | undefined;
  readonly args: StringList;
  readonly environment: StringList;
  readonly nowUnixNs: () => bigint;
  readonly monotonicNs: () => bigint;
  readonly fillRandom: (bytes: Uint8Array) => void;
  readonly charge: (bytes: number) => void;
  readonly exit: (code: number) => never;
}

type ProcessNames =
  | 'args_get'
  | 'args_sizes_get'
  | 'environ_get'
  | 'environ_sizes_get'
  | 'clock_res_get'
  | 'clock_time_get'
  | 'proc_exit'
  | 'proc_raise'
  | 'random_get'
  | 'sched_yield';

/** WASI's clocks. There is no clock of the processor's time for one guest, so those two are the monotonic one. */
const REALTIME = 0;
const THREAD_CPUTIME = 3;

/** The resolution that is told for each clock; what the host's sources really have is theirs to know. */
const RESOLUTION_NS = 1000n;

/** The most random bytes asked for at once, so that a deadline can pass between two. */
const RANDOM_CHUNK = 16_384;

/** What asking for some is charged, beside a unit for each byte: `crypto.getRandomValues` takes 5.5 µs for any, 11 µs for 16 KiB. */
export const RANDOM_CHARGE = 6_000;

/** Whether a number is one of WASI's four clocks. */
export const isClock = (clock: number): boolean => clock <= THREAD_CPUTIME;

/** Arguments, environment, clocks, randomness, and the end of the process. */
export const processFunctions = (parts: ProcessParts): WasiFunctions<ProcessNames> => {
  const { view, args, environment } = parts;

  return {
    args_get: args.write,
    args_sizes_get: args.writeSizes,
    environ_get: environment.write,
    environ_sizes_get: environment.writeSizes,
    clock_res_get: (clock, result) => {
      if (!isClock(clock)) return ERRNO.inval;
      const guest = view();
      if (guest === undefined || !guest.holds(result, 8)) return ERRNO.fault;
      writeU64(guest, result, RESOLUTION_NS);
      return ERRNO.success;
    },
    clock_time_get: (clock, _precision, result) => {
      if (!isClock(clock)) return ERRNO.inval;
      const guest = view();
      if (guest === undefined || !guest.holds(result, 8)) return ERRNO.fault;
      const now = clock === REALTIME ? parts.nowUnixNs() : parts.monotonicNs();
      writeU64(guest, result, now);
      return ERRNO.success;
    },
    // The code is an unsigned number, as every `i32` here.
    proc_exit: parts.exit,
    proc_raise: () => ERRNO.nosys,
    random_get: (address, length) => {
      const guest = view();
      if (guest === undefined || !guest.holds(address, length)) return ERRNO.fault;
      const end = address + length;
      for (let start = address; start < end; start += RANDOM_CHUNK) {
        const chunk = Buffer.alloc(Math.min(end - start, RANDOM_CHUNK));
        parts.charge(RANDOM_CHARGE + chunk.length);
        parts.fillRandom(chunk);
        guest.write(start, chunk);
      }
      return ERRNO.success;
    },
    sched_yield: () => ERRNO.success,
  };
};
