// The six functions of `extism:host/user` (protocol §5), imported as they are. A module that imports one loads only where the
// host offers it; a call to one runs only if its capability was granted and required, and otherwise ends the dispatch. All pass
// handles of blocks: numbers travel as blocks of eight bytes.
import { allocate, loadU64, storeU64 } from './extism';

@external("extism:host/user", "cc_lb_log") export declare function hostLog(level: u64, message: u64): void;
@external("extism:host/user", "cc_lb_metric_incr") declare function metricIncr(name: u64, by: u64): void;
@external("extism:host/user", "cc_lb_storage_get") export declare function hostStorageGet(key: u64): u64;
@external("extism:host/user", "cc_lb_storage_put") export declare function hostStoragePut(key: u64, value: u64): void;
@external("extism:host/user", "cc_lb_now_unix_ms") declare function nowUnixMs(): u64;
@external("extism:host/user", "cc_lb_random_bytes") declare function randomBytes(length: u64): u64;

/** Adds to the counter whose name is in this block. */
export function hostMetricIncr(name: u64, by: u64): void {
  metricIncr(name, numberBlock(by));
}

/** Milliseconds since 1970. */
export function hostNowUnixMs(): u64 {
  return loadU64(nowUnixMs());
}

/** So many random bytes, in a block. */
export function hostRandomBytes(length: u64): u64 {
  return randomBytes(numberBlock(length));
}

function numberBlock(value: u64): u64 {
  const block = allocate(8);
  storeU64(block, value);
  return block;
}
