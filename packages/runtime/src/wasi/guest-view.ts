/** A guest's memory as it is now. Valid until the guest runs again: a grown memory leaves it without length. */
export interface GuestView {
  readonly bytes: Buffer<ArrayBuffer>;
  /** Little-endian is the caller's to ask for; any alignment will do. */
  readonly data: DataView;
  /** Whether a range lies in the memory. Both are unsigned. An empty range lies anywhere: some compilers leave its address unset. */
  holds(address: number, length: number): boolean;
}

/**
 * Looks at a guest's memory. Gives `undefined` as long as there is none. The view is renewed whenever the memory's buffer
 * is another one, which is exactly when it has grown.
 */
export const createGuestViews = (
  memory: () => WebAssembly.Memory | undefined,
): (() => GuestView | undefined) => {
  let seen: ArrayBuffer | undefined;
  let view: GuestView | undefined;
  return () => {
    const buffer = memory()?.buffer;
    if (buffer !== seen || buffer === undefined) {
      view = buffer === undefined ? undefined : viewOf(buffer);
      // Last, so that a stack overflow on the way does not leave the old view under the new buffer.
      seen = buffer;
    }
    return view;
  };
};

const viewOf = (buffer: ArrayBuffer): GuestView => {
  const size = buffer.byteLength;
  return {
    bytes: Buffer.from(buffer),
    data: new DataView(buffer),
    // Both are below 2^36, so the sum is exact.
    holds: (address, length) => length === 0 || address + length <= size,
  };
};
