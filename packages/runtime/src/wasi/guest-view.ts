/** A guest's memory as it is now. Valid until the guest runs again. */
export interface GuestView {
  /** Whether a range lies in the memory. Both are unsigned. An empty range lies anywhere: some compilers leave its address unset. */
  holds(address: number, length: number): boolean;
  /** The bytes of a range that it holds: they may be the memory itself, so they are not to be kept, nor written to. */
  read(address: number, length: number): Buffer;
  /** Writes bytes into a range that it holds. */
  write(address: number, bytes: Uint8Array): void;
}

/** A memory that only its module can reach: of linked modules the host gets functions, and no memory. */
export interface RemoteMemory {
  /** How large it is, in bytes. */
  size(): number;
  load(address: number): number;
  store(address: number, byte: number): void;
}

/** What a byte of a remote memory is charged: a call into the guest takes 8 ns. */
const REMOTE_CHARGE = 8;

/**
 * Looks at a guest's memory. Gives `undefined` as long as there is none. The view is renewed whenever the memory's buffer
 * is another one, which is exactly when it has grown.
 */
export const createGuestViews = (
  memory: () => WebAssembly.Memory | RemoteMemory | undefined,
  charge: (bytes: number) => void,
): (() => GuestView | undefined) => {
  let seen: ArrayBuffer | undefined;
  let view: GuestView | undefined;
  return () => {
    const current = memory();
    if (current !== undefined && 'load' in current) return (view ??= remoteViewOf(current, charge));
    const buffer = current?.buffer;
    if (buffer !== seen || buffer === undefined) {
      view = buffer === undefined ? undefined : viewOf(buffer);
      // Last, so that a stack overflow on the way does not leave the old view under the new buffer.
      seen = buffer;
    }
    return view;
  };
};

// Both are below 2^36, so the sum is exact.
const isWithin = (size: number, address: number, length: number): boolean =>
  length === 0 || address + length <= size;

const viewOf = (buffer: ArrayBuffer): GuestView => {
  const size = buffer.byteLength;
  const bytes = new Uint8Array(buffer);
  return {
    holds: (address, length) => isWithin(size, address, length),
    read: (address, length) => Buffer.from(buffer, address, length),
    write: (address, source) => bytes.set(source, address),
  };
};

const remoteViewOf = (memory: RemoteMemory, charge: (bytes: number) => void): GuestView => ({
  holds: (address, length) => isWithin(memory.size(), address, length),
  read: (address, length) => {
    charge(length * REMOTE_CHARGE);
    const bytes = Buffer.allocUnsafe(length);
    for (let at = 0; at < length; at += 1) bytes[at] = memory.load(address + at);
    return bytes;
  },
  write: (address, source) => {
    charge(source.length * REMOTE_CHARGE);
    for (const [at, byte] of source.entries()) memory.store(address + at, byte);
  },
});

/** Writes an unsigned number of 32 bits, as WASI orders its bytes. */
export const writeU32 = (guest: GuestView, address: number, value: number): void => {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value);
  guest.write(address, bytes);
};

/** Writes a number of 64 bits, cut to them. */
export const writeU64 = (guest: GuestView, address: number, value: bigint): void => {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  guest.write(address, bytes);
};
