/** The error numbers of WASI preview 1 that these functions return. 0 is success. */
export const ERRNO = {
  success: 0,
  /** The descriptor is not open, or it is open for the other direction. */
  badf: 8,
  /** An address or a range is outside of the guest's memory. */
  fault: 21,
  inval: 28,
  nosys: 52,
  notdir: 54,
  notsup: 58,
  /** The descriptor is a stream, which has no position. */
  spipe: 70,
  notcapable: 76,
} as const;

/** One of {@link ERRNO}. */
export type Errno = (typeof ERRNO)[keyof typeof ERRNO];
