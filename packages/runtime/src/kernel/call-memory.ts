import { isUtf8 } from 'node:buffer';

import type { TimeLeft } from '@plugwire/wire';

import type { CallCode } from '../outcomes/call-result.ts';
import type { JsonLimits, JsonRefusal } from '../outcomes/json-limits.ts';
import { checkJsonCost } from './json-cost.ts';
import type { Kernel } from './kernel.ts';

/** The blocks of the running call, for host functions: what is no number travels as a block's handle. */
export interface CallMemory {
  /** The length of the block behind a handle; -1 if it is no handle of this call. */
  length(handle: bigint): number;
  /** A copy of the block; `undefined` if it is no handle of this call. */
  read(handle: bigint): Uint8Array<ArrayBuffer> | undefined;
  /** The same as text; `undefined` also if it is not UTF-8. */
  readText(handle: bigint): string | undefined;
  /** Why the block is not to be read as JSON, if it is not: it would take longer or more than it may. */
  checkJson(handle: bigint): JsonRefusal | undefined;
  /** Milliseconds until the call must have ended. */
  readonly timeLeft: TimeLeft;
  /** No more of it than a log line may have, bad bytes as U+FFFD. */
  line(handle: bigint): string | undefined;
  /** Stores a value and gives its handle. Ends the call with `memory` if it does not fit. */
  store(value: string | Uint8Array): bigint;
}

const REPLACEMENT = '\uFFFD';

/** The memory of an instance's kernel, as its host functions see it. */
export const createCallMemory = (
  kernel: Kernel,
  stop: (code: CallCode) => never,
  jsonLimits: JsonLimits,
): CallMemory => {
  const length = (handle: bigint): number =>
    handle < 0n || handle > 0xffff_ffffn ? -1 : kernel.blockLength(Number(handle));

  const read = (handle: bigint): Uint8Array<ArrayBuffer> | undefined => {
    const bytes = length(handle);
    return bytes < 0 ? undefined : kernel.bytes(Number(handle), bytes);
  };

  return {
    length,
    read,
    readText: (handle) => {
      const bytes = length(handle);
      if (bytes < 0) return undefined;
      const text = kernel.text(Number(handle), bytes);
      // A replaced character is the one sign of bad UTF-8, and rare enough to look twice.
      return text.includes(REPLACEMENT) && !isUtf8(kernel.bytes(Number(handle), bytes)) ? undefined : text;
    },
    checkJson: (handle) => {
      const bytes = length(handle);
      return bytes < 0 ? undefined : checkJsonCost(kernel, Number(handle), bytes, jsonLimits);
    },
    timeLeft: jsonLimits.timeLeft,
    line: (handle) => {
      const bytes = length(handle);
      return bytes < 0 ? undefined : kernel.line(Number(handle), bytes);
    },
    store: (value) => BigInt(kernel.store(value) || stop('memory')),
  };
};
