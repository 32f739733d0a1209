import { ERRNO, type Errno } from './errno.ts';

/** An open descriptor: one of the three standard streams, which are all there are. */
export interface Descriptor {
  readonly stream: 'stdin' | 'stdout' | 'stderr';
  /** A set of {@link RIGHT}. A guest can take from it and never add. */
  rights: number;
  /** `fdflags`, as the guest has set them; they change nothing. */
  flags: number;
}

/** The rights that a stream can have, as bits of WASI's `rights`. */
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
  /** Keeps what is open now, goes back to what was kept last, and to what is open at first. */
  save(): void;
  restore(): void;
  clear(): void;
  /** The descriptor behind a number, if it is open. */
  get(fd: number): Descriptor | undefined;
  /** The descriptor, if it is open and has a right. */
  withRight(fd: number, right: number): Descriptor | undefined;
  close(fd: number): Errno;
  /** Makes `to` what `from` was, and closes `from`. Both must be open. */
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

/** Creates the table of descriptors: 0, 1 and 2, and no way to open another. */
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
