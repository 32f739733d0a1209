import { KERNEL_BASE64 } from './kernel-bytes.ts';
import type { Variables } from './variables.ts';

/** What the kernel asks of the host. `stop` ends the call with a code; it throws and so never returns. */
export interface KernelServices {
  readonly config: ReadonlyMap<string, string>;
  readonly variables: Variables;
  readonly log: GuestLog;
  stop(code: 'memory' | 'variable_quota'): never;
}

/** Where a guest's own log lines go. Levels as Extism counts them: 0 trace, 1 debug, 2 info, 3 warn, 4 error. */
export interface GuestLog {
  /** The lowest level that is written; `SILENT_LEVEL` for none. */
  level(): number;
  write(level: number, text: string): void;
}

/** Extism's number for "log nothing". */
export const SILENT_LEVEL = 0x7fff_ffff;

/** One kernel: an instance of kernel.wat, and its memory seen from the host. */
export interface Kernel {
  /** What `link.wat` imports, by name. */
  readonly functions: Readonly<Record<string, WebAssembly.ExportValue>>;
  /** Forgets the last call and stores the next one's input; false if it does not fit. */
  begin(input: string | Uint8Array, byteLength: number): boolean;
  /** Stores a value in a new block; its handle, or 0 if it does not fit. */
  store(value: string | Uint8Array): number;
  /** The length of the block that starts at this address, or -1. */
  blockLength(address: number): number;
  bytes(address: number, length: number): Uint8Array<ArrayBuffer>;
  /** The text, unchecked: bytes that are no UTF-8 come as U+FFFD. */
  text(address: number, length: number): string;
  /** A word of {@link STATE}. */
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
} as const;

/** Why the kernel itself ended a call, as `STATE.fault` tells it. */
export const FAULT = { badHandle: 1, http: 2 } as const;

interface KernelExports {
  readonly memory: WebAssembly.Memory;
  configure(limit: bigint): void;
  begin(length: number): number;
  allocate(length: number): number;
  block_length(address: number): number;
}

/** What Buffer has and its types do not say: writing and reading without a look at the name of the encoding. */
interface RawBuffer extends Buffer<ArrayBuffer> {
  latin1Write(text: string, offset: number, length: number): number;
  utf8Write(text: string, offset: number, length: number): number;
  utf8Slice(start: number, end: number): string;
}

let compiled: WebAssembly.Module | undefined;

/** Creates a kernel whose blocks may take `memoryBytes` in one call. */
export const createKernel = (memoryBytes: number, services: KernelServices): Kernel => {
  compiled ??= new WebAssembly.Module(Buffer.from(KERNEL_BASE64, 'base64'));
  const instance = new WebAssembly.Instance(compiled, { host: hostImports(services, () => kernel) });
  const exports = instance.exports as unknown as KernelExports;
  exports.configure(BigInt(memoryBytes));
  const kernel = createView(exports, instance.exports);
  return kernel;
};

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
    // As many bytes as characters: all ASCII, which latin1 copies without a look at each.
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
    store: (value) => {
      const byteLength = typeof value === 'string' ? Buffer.byteLength(value) : value.length;
      const address = exports.allocate(byteLength);
      if (address !== 0) write(address, value, byteLength);
      return address;
    },
    blockLength: (address) => exports.block_length(address),
    bytes: (address, length) => new Uint8Array(current().subarray(address, address + length)),
    text: (address, length) => current().utf8Slice(address, address + length),
    state: (word) => {
      current();
      return words[word] as number;
    },
  };
};

const hostImports = (services: KernelServices, kernel: () => Kernel): WebAssembly.ModuleImports => {
  const { config, variables, log } = services;
  const textAt = (address: number, length: number): string => kernel().text(address, length);
  const storeOrStop = (value: string | Uint8Array | undefined): number => {
    if (value === undefined) return 0;
    return kernel().store(value) || services.stop('memory');
  };
  return {
    config_get: (key: number, length: number) => storeOrStop(config.get(textAt(key, length))),
    var_get: (key: number, length: number) => storeOrStop(variables.get(textAt(key, length))),
    var_set: (key: number, keyLength: number, value: number, length: number) => {
      if (!variables.set(textAt(key, keyLength), kernel().bytes(value, length)))
        services.stop('variable_quota');
    },
    var_delete: (key: number, length: number) => {
      variables.delete(textAt(key, length));
    },
    log: (level: number, address: number, length: number) => {
      if (level >= log.level()) log.write(level, textAt(address, length));
    },
    log_level: () => log.level(),
  };
};
