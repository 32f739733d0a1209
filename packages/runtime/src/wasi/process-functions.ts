import { ERRNO } from './errno.ts';
import { type GuestView, writeU64 } from './guest-view.ts';
import type { StringList } from './string-list.ts';
import type { WasiFunctions } from './wasi-signatures.ts';

/** What the functions of the process need. The functions are those of `WasiOptions`. */
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

/** Clocks of WASI preview 1. The two clocks of processor time return the monotonic time, because a guest's own is not measured. */
const REALTIME = 0;
const THREAD_CPUTIME = 3;

/** The resolution that is reported for each clock, in nanoseconds. The real one depends on the host's sources. */
const RESOLUTION_NS = 1000n;

/** The most random bytes in one step. Between two steps, the deadline is checked. */
const RANDOM_CHUNK = 16_384;

/**
 * The charge for each step of `random_get`, in addition to its bytes. Measured: `crypto.getRandomValues` takes at least 5.5 µs, and
 * 11 µs for 16 KiB.
 */
export const RANDOM_CHARGE = 6_000;

/** Returns whether an unsigned number is one of WASI's four clocks. */
export const isClock = (clock: number): boolean => clock <= THREAD_CPUTIME;

/** Creates the functions for arguments, environment, clocks, random bytes and exit. */
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
    // The code is unsigned, like every `i32` here.
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
