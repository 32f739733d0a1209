import { isUtf8 } from 'node:buffer';

import type { TimeLeft } from '@plugwire/wire';

import type { CallCode } from '../outcomes/call-result.ts';
import type { JsonLimits, JsonRefusal } from '../outcomes/json-limits.ts';
import { checkJsonCost } from './json-cost.ts';
import type { Kernel } from './kernel.ts';

/** The blocks of the running call, for host functions. Values that are not numbers are passed as handles of blocks. */
export interface CallMemory {
  /** The length of the block of a handle, or -1 if the handle is not one of this call. */
  length(handle: bigint): number;
  /** A copy of the block, or `undefined` if the handle is not one of this call. */
  read(handle: bigint): Uint8Array<ArrayBuffer> | undefined;
  /** The same as text; `undefined` also if it is not UTF-8. */
  readText(handle: bigint): string | undefined;
  /** The reason not to parse the block as JSON, if there is one: it would take too much time or memory. */
  checkJson(handle: bigint): JsonRefusal | undefined;
  /** Milliseconds until the deadline of the call. */
  readonly timeLeft: TimeLeft;
  /** The text, cut to the length of a log line. Invalid bytes become U+FFFD. */
  line(handle: bigint): string | undefined;
  /** Stores a value and returns its handle. Ends the call with `memory` if it does not fit. */
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
      // A replacement character is the only sign of invalid UTF-8. It is rare, so the second check is cheap.
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
