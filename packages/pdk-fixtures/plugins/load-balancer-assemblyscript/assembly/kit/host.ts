// Generated from the contract. Do not edit: `plugwire generate` replaces this file.
// The functions of the host that the plugin may call. The module imports only those that it calls.

import { release } from './runtime/extism';
import { toBlock } from './runtime/memory';
import { Text } from './runtime/text';

@external("extism:host/user", "cc_lb_log") declare function importLog(argument1: u64, argument2: u64): void;

export namespace host {
  /** Writes a line to the log of the host. Levels: trace, debug, info, warn, error. */
  export function log(argument1: Text, argument2: Text): void {
    const block1 = toBlock(argument1);
    const block2 = toBlock(argument2);
    importLog(block1, block2);
    release(block1);
    release(block2);
  }
}
