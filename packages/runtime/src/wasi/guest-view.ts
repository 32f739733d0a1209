/** A view of a guest's memory. It is valid until the guest runs again. */
export interface GuestView {
  /**
   * Returns whether the memory contains a range. Both numbers are unsigned. An empty range is accepted at any address, because some
   * compilers leave its address unset.
   */
  holds(address: number, length: number): boolean;
  /** Returns the bytes of a range that `holds` accepted. They may be the memory itself, so do not keep or change them. */
  read(address: number, length: number): Buffer;
  /** Writes bytes to a range that `holds` accepted. */
  write(address: number, bytes: Uint8Array): void;
}

/** A memory, such as a `WebAssembly.Memory`. */
export interface ViewedMemory {
  readonly buffer: ArrayBuffer;
  /** Returns how many bytes of the buffer the guest can use. Without it, the guest can use all of them. */
  usedBytes?(): number;
}

/**
 * Creates a function that returns a view of the guest's memory, or `undefined` while there is no memory. It creates a new view when the
 * memory has another buffer, which happens when the memory grows and when there is a new instance.
 */
export const createGuestViews = (memory: () => ViewedMemory | undefined): (() => GuestView | undefined) => {
  let seen: ArrayBuffer | undefined;
  let view: GuestView | undefined;
  return () => {
    const current = memory();
    const buffer = current?.buffer;
    if (buffer !== seen || current === undefined) {
      view = current === undefined ? undefined : viewOf(current);
      // Set last. Otherwise a stack overflow before it would leave the old view with the new buffer.
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

/** Writes an unsigned 32-bit integer in little-endian order. The range must be in the memory. */
export const writeU32 = (guest: GuestView, address: number, value: number): void => {
  const bytes = Buffer.allocUnsafe(4);
  bytes.writeUInt32LE(value);
  guest.write(address, bytes);
};

/** Writes the low 64 bits of an integer in little-endian order. The range must be in the memory. */
export const writeU64 = (guest: GuestView, address: number, value: bigint): void => {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigUInt64LE(BigInt.asUintN(64, value));
  guest.write(address, bytes);
};
