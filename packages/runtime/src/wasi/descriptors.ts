import { ERRNO, type Errno } from './errno.ts';

/** An open descriptor. It is one of the three standard streams, because there are no files. */
export interface Descriptor {
  readonly stream: 'stdin' | 'stdout' | 'stderr';
  /** Bits of {@link RIGHT}. A guest can remove rights but never add them. */
  rights: number;
  /** The `fdflags` that the guest has set. They have no effect. */
  flags: number;
}

/** The rights that a stream can have, as bits of `rights` in WASI preview 1. */
export const RIGHT = {
  fdDatasync: 1 << 0,
  fdRead: 1 << 1,
  fdFdstatSetFlags: 1 << 3,
  fdSync: 1 << 4,
  fdWrite: 1 << 6,
  fdFilestatGet: 1 << 21,
  pollFdReadwrite: 1 << 27,
} as const;

/** The open descriptors of one guest. */
export interface Descriptors {
  /** Saves the open descriptors. */
  save(): void;
  /** Restores the descriptors that were saved last. */
  restore(): void;
  /** Restores the initial descriptors. */
  clear(): void;
  /** Returns the descriptor with a number, or `undefined` if it is not open. */
  get(fd: number): Descriptor | undefined;
  /** Returns the descriptor, or `undefined` if it is not open or does not have the right. */
  withRight(fd: number, right: number): Descriptor | undefined;
  /** Closes a descriptor. Returns `badf` if it is not open. */
  close(fd: number): Errno;
  /** Moves the descriptor `from` to the number `to`. Returns `badf` unless both are open. */
  renumber(from: number, to: number): Errno;
}

const EVERY_STREAM = RIGHT.fdFdstatSetFlags | RIGHT.fdFilestatGet | RIGHT.pollFdReadwrite;
const INPUT = EVERY_STREAM | RIGHT.fdRead;
const OUTPUT = EVERY_STREAM | RIGHT.fdWrite | RIGHT.fdSync | RIGHT.fdDatasync;

const AT_FIRST: ReadonlyMap<number, Readonly<Descriptor>> = new Map<number, Descriptor>([
  [0, { stream: 'stdin', rights: INPUT, flags: 0 }],
  [1, { stream: 'stdout', rights: OUTPUT, flags: 0 }],
  [2, { stream: 'stderr', rights: OUTPUT, flags: 0 }],
]);

const copyOf = (descriptors: ReadonlyMap<number, Readonly<Descriptor>>): Map<number, Descriptor> =>
  new Map(Array.from(descriptors, ([fd, descriptor]) => [fd, { ...descriptor }]));

/** Creates a table with the descriptors 0, 1 and 2. No others can be opened. */
export const createDescriptors = (): Descriptors => {
  let saved = AT_FIRST;
  let open = copyOf(saved);

  return {
    save: () => {
      saved = copyOf(open);
    },
    restore: () => {
      open = copyOf(saved);
    },
    clear: () => {
      saved = AT_FIRST;
      open = copyOf(saved);
    },
    get: (fd) => open.get(fd),
    withRight: (fd, right) => {
      const descriptor = open.get(fd);
      return descriptor !== undefined && (descriptor.rights & right) !== 0 ? descriptor : undefined;
    },
    close: (fd) => (open.delete(fd) ? ERRNO.success : ERRNO.badf),
    renumber: (from, to) => {
      const moved = open.get(from);
      if (moved === undefined || !open.has(to)) return ERRNO.badf;
      open.delete(from);
      open.set(to, moved);
      return ERRNO.success;
    },
  };
};
