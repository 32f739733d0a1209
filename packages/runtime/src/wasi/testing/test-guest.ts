import { createRequire } from 'node:module';

import { createWasi, type Wasi, type WasiOptions } from '../create-wasi.ts';
import { WASI_PARAMETERS, type WasiName, type WasiValueType } from '../wasi-signatures.ts';

type LoadWabt = () => Promise<{
  parseWat(name: string, text: string): { toBinary(options: object): { buffer: Uint8Array<ArrayBuffer> } };
}>;

const wabt = await (createRequire(import.meta.url)('wabt') as LoadWabt)();

/** Compiles a module of WebAssembly text. */
export const compileWat = (text: string): WebAssembly.Module =>
  new WebAssembly.Module(wabt.parseWat('test.wat', text).toBinary({}).buffer);

const types = (kind: string, list: readonly WasiValueType[]): string =>
  list.length === 0 ? '' : `(${kind} ${list.join(' ')})`;

/** Returns the import of a function as WebAssembly text. */
export const wasiImport = (name: WasiName): string =>
  `(import "wasi_snapshot_preview1" "${name}" (func $${name} ${types('param', WASI_PARAMETERS[name])} ${
    name === 'proc_exit' ? '' : '(result i32)'
  }))`;

const NAMES = Object.keys(WASI_PARAMETERS) as WasiName[];

/** A guest with one page of memory, which can grow to four, and one export for each WASI function, which calls it. */
const everything = compileWat(`(module
  ${NAMES.map(wasiImport).join('\n')}
  (memory (export "memory") 1 4)
  (func (export "grow") (drop (memory.grow (i32.const 1))))
  ${NAMES.map(
    (name) => `(func (export "${name}") ${types('param', WASI_PARAMETERS[name])} ${
      name === 'proc_exit' ? '' : '(result i32)'
    }
      ${WASI_PARAMETERS[name].map((_, at) => `(local.get ${at})`).join(' ')} (call $${name}))`,
  ).join('\n')})`);

/** The calls of a guest's WASI to the host. */
export interface Recorded {
  readonly stdout: string[];
  readonly stderr: string[];
  charged: number;
}

/** A guest for tests, which calls the functions of its WASI from real wasm. */
export interface TestGuest {
  readonly wasi: Wasi;
  readonly recorded: Recorded;
  readonly memory: WebAssembly.Memory;
  call(name: WasiName | 'grow', ...values: (number | bigint)[]): number | undefined;
  data(): DataView;
  bytes(): Buffer;
}

/** The error that `exit` throws in tests. */
const exitError = (code: number): Error => new Error(`exit ${code}`);

/** Creates options that record the calls. The clocks stand still, and the random bytes are 1, 2, 3 and so on. */
export const recordingOptions = (
  memory: () => WebAssembly.Memory | undefined,
): { options: WasiOptions; recorded: Recorded } => {
  const recorded: Recorded = { stdout: [], stderr: [], charged: 0 };
  return {
    recorded,
    options: {
      memory,
      stdout: (line) => recorded.stdout.push(line),
      stderr: (line) => recorded.stderr.push(line),
      nowUnixNs: () => 1_700_000_000_123_456_789n,
      monotonicNs: () => 42n,
      fillRandom: (bytes) => bytes.forEach((_, at) => (bytes[at] = at + 1)),
      charge: (bytes) => {
        recorded.charged += bytes;
      },
      exit: (code) => {
        throw exitError(code);
      },
    },
  };
};

/** Creates a guest whose exports are the 46 functions. */
export const createTestGuest = (changes: Partial<WasiOptions> = {}): TestGuest => {
  let memory: WebAssembly.Memory | undefined = undefined;
  const { options, recorded } = recordingOptions(() => memory);
  const wasi = createWasi({ ...options, ...changes });
  const { exports } = new WebAssembly.Instance(everything, { wasi_snapshot_preview1: wasi.functions });
  const own = exports['memory'] as WebAssembly.Memory;
  memory = own;
  return {
    wasi,
    recorded,
    memory: own,
    call: (name, ...values) =>
      (exports[name] as (...raw: (number | bigint)[]) => number | undefined)(...values),
    data: () => new DataView(own.buffer),
    bytes: () => Buffer.from(own.buffer),
  };
};

/** Writes text to `address`, and a vector of one element that points to it to `iovec`. */
export const putText = (guest: TestGuest, text: string | Uint8Array, iovec = 0, address = 1024): void => {
  const bytes = Buffer.from(text);
  guest.bytes().set(bytes, address);
  guest.data().setUint32(iovec, address, true);
  guest.data().setUint32(iovec + 4, bytes.length, true);
};
