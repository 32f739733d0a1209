import { randomBytes } from 'node:crypto';

import { EXACT_PIECE, type JsonDraft } from '@plugwire/wire';

import { LINE_BYTES } from '../wasi/line-stream.ts';
import { KERNEL_BASE64 } from './kernel-bytes.ts';
import type { Variables } from './variables.ts';

/** The services of the host that the kernel needs. `stop` ends the call with a code: it throws, so it never returns. */
export interface KernelServices {
  readonly config: Pick<ReadonlyMap<string, string>, 'get'>;
  readonly variables: Variables;
  readonly log: GuestLog;
  stop(code: 'memory' | 'variable_quota'): never;
  /** Charges the running call for work on this number of bytes, before the work is done. Throws if the fuel is used up. */
  charge(bytes: number): void;
}

/** Receives the guest's log lines. Levels are those of Extism: 0 trace, 1 debug, 2 info, 3 warn, 4 error. */
export interface GuestLog {
  /** The lowest level that is written, or `SILENT_LEVEL` to write nothing. */
  level(): number;
  write(level: number, text: string): void;
}

/** Extism's level for "log nothing". */
export const SILENT_LEVEL = 0x7fff_ffff;

/** An instance of kernel.wat, with access to its memory from the host. */
export interface Kernel {
  /** The imports of `link.wat`, by name. */
  readonly functions: Readonly<Record<string, unknown>>;
  /** Removes the data of the last call and stores the input of the next one. Returns false if it does not fit. */
  begin(input: string | Uint8Array, byteLength: number): boolean;
  /** The same for JSON in pieces. Also returns false if a string in it needs an escape, so that the pieces are not the text. */
  beginDraft(draft: JsonDraft, mostBytes: number): boolean;
  /** Stores a value in a new block. Returns its handle, or 0 if it does not fit. */
  store(value: string | Uint8Array): number;
  /** The length of the block that starts at this address, or -1. */
  blockLength(address: number): number;
  bytes(address: number, length: number): Uint8Array<ArrayBuffer>;
  /** The text, unchecked. Invalid UTF-8 becomes U+FFFD. */
  text(address: number, length: number): string;
  /** The same for a log line: reads at most `LINE_BYTES`, without cutting a character. */
  line(address: number, length: number): string;
  /**
   * Counts the parts of a range of JSON, in words of {@link JSON_COUNTS}. A text can be counted in several ranges; the first one resets the
   * counts.
   */
  countJson(address: number, length: number, isFirst: boolean): void;
  /**
   * Examines a counted range of JSON for keys and strings that take the engine long. `isLast` frees the memory that this needs. Returns
   * false if there is no memory for it.
   */
  weighJson(address: number, length: number, isFirst: boolean, isLast: boolean): boolean;
  /** Returns a word of {@link STATE} or {@link JSON_COUNTS}. */
  state(word: number): number;
}

/** The state words of kernel.wat, as indices of 32-bit words. */
export const STATE = {
  fault: 0,
  outputIsSet: 1,
  outputAddress: 2,
  outputLength: 3,
  errorAddress: 4,
  errorLength: 5,
  /** Whether an `alloc` of the guest was refused, because of its length or the number of blocks. */
  allocRefused: 6,
} as const;

/** The words of `count_json`: the parts of JSON. All counts except the last two are outside of strings. */
export const JSON_COUNTS = {
  /** Objects and arrays. */
  containers: 8,
  keys: 9,
  commas: 10,
  /** Keys included. */
  strings: 11,
  escapes: 12,
  /** Bytes beyond ASCII. */
  highBytes: 13,
  deepest: 15,
  /** Keys and short strings that are new to the engine, after the text was examined. */
  newKeys: 16,
  newStrings: 17,
} as const;

/** Why the kernel ended a call, by the value of `STATE.fault`. */
export const FAULT = { badHandle: 1, http: 2 } as const;

interface KernelExports {
  readonly memory: WebAssembly.Memory;
  configure(limit: bigint): void;
  begin(length: number): number;
  allocate(length: number): number;
  block_length(address: number): number;
  is_plain(address: number, length: number, quotes: number): number;
  count_json(address: number, length: number, isFirst: number): void;
  weigh_json(address: number, length: number, seed: bigint, isFirst: number, isLast: number): number;
}

/** Methods of Buffer that its types do not declare: they read and write without looking up the encoding. */
interface RawBuffer extends Buffer<ArrayBuffer> {
  latin1Write(text: string, offset: number, length: number): number;
  utf8Write(text: string, offset: number, length: number): number;
  utf8Slice(start: number, end: number): string;
}

/** Prevents guests from choosing keys with equal hashes. */
const HASH_SEED = randomBytes(8).readBigInt64LE();

/** Half of a surrogate pair, which UTF-8 cannot express. */
const LONE_SURROGATE = /\p{Surrogate}/u;

let compiled: WebAssembly.Module | undefined;

/** Creates a kernel. Its blocks may take `memoryBytes` in one call. */
export const createKernel = (memoryBytes: number, services: KernelServices): Kernel => {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_BASE64, 'base64'));
  const instance = new WebAssembly.Instance(compiled, { host: hostImports(services, () => kernel) });
  const exports = instance.exports as unknown as KernelExports;
  exports.configure(BigInt(memoryBytes));
  const kernel = createView(exports, instance.exports);
  return kernel;
};

/** The bytes of a character that was cut. */
const CUT_CHARACTER = /\uFFFD+$/;

const createView = (exports: KernelExports, functions: WebAssembly.Exports): Kernel => {
  const { memory } = exports;
  let buffer = Buffer.from(memory.buffer) as RawBuffer;
  let words = new Int32Array(memory.buffer);

  /** A grown memory leaves the old views without length. */
  const current = (): RawBuffer => {
    if (buffer.length === 0) {
      buffer = Buffer.from(memory.buffer) as RawBuffer;
      words = new Int32Array(memory.buffer);
    }
    return buffer;
  };

  const write = (address: number, value: string | Uint8Array, byteLength: number): void => {
    const target = current();
    if (typeof value !== 'string') target.set(value, address);
    // The text has as many bytes as characters, so it is ASCII. latin1 copies it without examining each character.
    else if (byteLength === value.length) target.latin1Write(value, address, byteLength);
    else target.utf8Write(value, address, byteLength);
  };

  return {
    functions,
    begin: (input, byteLength) => {
      const address = exports.begin(byteLength);
      if (address === 0) return false;
      write(address, input, byteLength);
      return true;
    },
    beginDraft: ({ pieces, quotes }, mostBytes) => {
      const lengths: number[] = [];
      let total = 0;
      for (const piece of pieces) {
        const length = Buffer.byteLength(piece);
        if (length !== piece.length && LONE_SURROGATE.test(piece)) return false;
        lengths.push(length);
        total += length;
      }
      if (total > mostBytes) return false;
      let address = exports.begin(total);
      if (address === 0) return false;
      // Pieces are checked together: no piece has fewer quotation marks than expected, so their sum is sufficient.
      let unseen = address;
      let expected = 0;
      const isPlain = (): boolean =>
        unseen === address || exports.is_plain(unseen, address - unseen, expected) !== 0;
      for (let at = 0; at < pieces.length; at += 1) {
        const length = lengths[at] as number;
        write(address, pieces[at] as string, length);
        if (quotes[at] !== EXACT_PIECE) expected += quotes[at] as number;
        else if (isPlain()) {
          unseen = address + length;
          expected = 0;
        } else return false;
        address += length;
      }
      return isPlain();
    },
    store: (value) => {
      const byteLength = typeof value === 'string' ? Buffer.byteLength(value) : value.length;
      const address = exports.allocate(byteLength);
      if (address !== 0) write(address, value, byteLength);
      return address;
    },
    blockLength: (address) => exports.block_length(address),
    bytes: (address, length) => new Uint8Array(current().subarray(address, address + length)),
    text: (address, length) => current().utf8Slice(address, address + length),
    line: (address, length) => {
      const text = current().utf8Slice(address, address + Math.min(length, LINE_BYTES));
      return length > LINE_BYTES ? text.replace(CUT_CHARACTER, '') : text;
    },
    countJson: (address, length, isFirst) => exports.count_json(address, length, Number(isFirst)),
    weighJson: (address, length, isFirst, isLast) =>
      exports.weigh_json(address, length, HASH_SEED, Number(isFirst), Number(isLast)) !== 0,
    state: (word) => {
      current();
      return words[word] as number;
    },
  };
};

/** The charge of a call of the host's services, in bytes. */
const SERVICE_CHARGE = 256;
/** The additional charge of a log line. */
const LOG_CHARGE = 1024;
/** No configuration or variable has a longer key. Longer keys are not decoded, because that takes a millisecond per MiB. */
const KEY_BYTES = 65_536;

const hostImports = (services: KernelServices, kernel: () => Kernel): WebAssembly.ModuleImports => {
  const { config, variables, log, charge } = services;
  const textAt = (address: number, length: number): string => {
    charge(length);
    return kernel().text(address, length);
  };
  const keyAt = (address: number, length: number): string | undefined => {
    charge(SERVICE_CHARGE);
    return length >>> 0 > KEY_BYTES ? undefined : textAt(address, length);
  };
  const storeOrStop = (value: string | Uint8Array | undefined): number => {
    if (value === undefined) return 0;
    charge(value.length);
    return kernel().store(value) || services.stop('memory');
  };
  return {
    config_get: (address: number, length: number) => {
      const key = keyAt(address, length);
      return storeOrStop(key === undefined ? undefined : config.get(key));
    },
    var_get: (address: number, length: number) => {
      const key = keyAt(address, length);
      return storeOrStop(key === undefined ? undefined : variables.get(key));
    },
    var_set: (address: number, keyLength: number, value: number, length: number) => {
      const key = keyAt(address, keyLength);
      if (key === undefined || !variables.couldHold(keyLength + length)) services.stop('variable_quota');
      charge(length);
      if (!variables.set(key, kernel().bytes(value, length))) services.stop('variable_quota');
    },
    var_delete: (address: number, length: number) => {
      const key = keyAt(address, length);
      if (key !== undefined) variables.delete(key);
    },
    log: (level: number, address: number, length: number) => {
      charge(SERVICE_CHARGE);
      if (level < log.level()) return;
      charge(LOG_CHARGE + Math.min(length, LINE_BYTES));
      log.write(level, kernel().line(address, length));
    },
    log_level: () => {
      charge(SERVICE_CHARGE);
      return log.level();
    },
  };
};
