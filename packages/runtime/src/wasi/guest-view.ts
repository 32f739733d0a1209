/** A guest's memory as it is now. Valid until the guest runs again. */
export interface GuestView {
  /** Whether a range lies in the memory. Both are unsigned. An empty range lies anywhere: some compilers leave its address unset. */
  holds(address: number, length: number): boolean;
  /** The bytes of a range that it holds: they may be the memory itself, so they are not to be kept, nor written to. */
  read(address: number, length: number): Buffer;
  /** Writes bytes into a range that it holds. */
  write(address: number, bytes: Uint8Array): void;
}

/** A memory to look at, such as a `WebAssembly.Memory`. */
export interface ViewedMemory {
  readonly buffer: ArrayBuffer;
  /** How much of the buffer the guest may reach: all of it by default. */
  usedBytes?(): number;
}

/**
 * Looks at a guest's memory. Gives `undefined` as long as there is none. The view is renewed whenever the memory's buffer
 * is another one: when it has grown, and when there is a new instance.
 */
export const createGuestViews = (memory: () => ViewedMemory | undefined): (() => GuestView | undefined) => {
  let seen: ArrayBuffer | undefined;
  let view: GuestView | undefined;
  return () => {
    const current = memory();
    const buffer = current?.buffer;
    if (buffer !== seen || current === undefined) {
      view = current === undefined ? undefined : viewOf(current);
      // Last, so that a stack overflow on the way does not leave the old view under the new buffer.
      seen = buffer;
    }
    return view;
  };
};

// Both are below 2^36, so the sum is exact.
const isWithin = (size: number, address: number, length: number): boolean =>
  length === 0 || address + length <= size;

const viewOf = (memory: ViewedMemory): GuestView => {
  const { buffer } = memory;
  const bytes = new Uint8Array(buffer);
  return {
    holds: (address, length) => isWithin(memory.usedBytes?.() ?? bytes.length, address, length),
    read: (address, length) => Buffer.from(buffer, address, length),
    write: (address, source) => bytes.set(source, address),
  };
};

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
