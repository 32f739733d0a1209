// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// The functions of the host that the plugin may call. The module imports only those that it calls.

import { Bytes } from './runtime/bytes';
import { release } from './runtime/extism';
import { fromBlock, fromNumberBlock, toBlock, toNumberBlock } from './runtime/memory';
import { Text } from './runtime/text';

@external("extism:host/user", "cc_lb_log") declare function importLog(argument1: u64, argument2: u64): void;
@external("extism:host/user", "cc_lb_metric_incr") declare function importMetricIncr(argument1: u64, argument2: u64): void;
@external("extism:host/user", "cc_lb_storage_get") declare function importStorageGet(argument1: u64): u64;
@external("extism:host/user", "cc_lb_storage_put") declare function importStoragePut(argument1: u64, argument2: u64): void;
@external("extism:host/user", "cc_lb_now_unix_ms") declare function importNowUnixMs(): u64;
@external("extism:host/user", "cc_lb_random_bytes") declare function importRandomBytes(argument1: u64): u64;

export namespace host {
  /** Writes a line to the log of the host. Levels: trace, debug, info, warn, error. */
  export function log(argument1: Text, argument2: Text): void {
    const block1 = toBlock(argument1);
    const block2 = toBlock(argument2);
    importLog(block1, block2);
    release(block1);
    release(block2);
  }

  /** Adds to a counter. */
  export function metricIncr(argument1: Text, argument2: u64): void {
    const block1 = toBlock(argument1);
    const block2 = toNumberBlock<u64>(argument2);
    importMetricIncr(block1, block2);
    release(block1);
    release(block2);
  }

  /** Reads a value from the storage of the plugin. Empty if the key has no value. */
  export function storageGet(argument1: Text): Bytes {
    const block1 = toBlock(argument1);
    const result = importStorageGet(block1);
    release(block1);
    return fromBlock(result);
  }

  /** Writes a value to the storage of the plugin. */
  export function storagePut(argument1: Text, argument2: Bytes): void {
    const block1 = toBlock(argument1);
    const block2 = toBlock(argument2);
    importStoragePut(block1, block2);
    release(block1);
    release(block2);
  }

  /** The wall clock, in milliseconds since 1970. */
  export function nowUnixMs(): u64 {
    const result = importNowUnixMs();
    return fromNumberBlock<u64>(result);
  }

  /** Random bytes from a secure source, at most 65,536. */
  export function randomBytes(argument1: u64): Bytes {
    const block1 = toNumberBlock<u64>(argument1);
    const result = importRandomBytes(block1);
    release(block1);
    return fromBlock(result);
  }
}
