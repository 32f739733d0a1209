import { configGet, release, varGet, varSet } from './extism';
import { fail } from './failure';
import { Bytes } from './bytes';
import { fromBlock, toBlock } from './memory';
import { text, Text } from './text';

/** Returns what the operator configured under a key, or null. */
export function config(key: string): Text | null {
  const value = get(key, configGet);
  if (value === null) return null;
  const found = Text.from(value);
  if (found === null) fail('the configured ' + key + ' is not UTF-8');
  return found;
}

/** Returns a variable that the plugin set in an earlier call, or null. */
export function variable(key: string): Bytes | null {
  return get(key, varGet);
}

/** Keeps bytes for later calls. The host limits how many. */
export function setVariable(key: string, value: Bytes): void {
  const name = toBlock(text(key));
  const block = toBlock(value);
  varSet(name, block);
  release(name);
  release(block);
}

function get(key: string, from: (key: u64) => u64): Bytes | null {
  const name = toBlock(text(key));
  const block = from(name);
  release(name);
  return block == 0 ? null : fromBlock(block);
}
