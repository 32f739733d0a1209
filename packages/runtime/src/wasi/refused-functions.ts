import type { Descriptors } from './descriptors.ts';
import { ERRNO, type Errno } from './errno.ts';
import type { WasiFunctions, WasiName } from './wasi-signatures.ts';

type RefusedNames =
  | Extract<WasiName, `path_${string}` | `sock_${string}`>
  | 'fd_advise'
  | 'fd_allocate'
  | 'fd_filestat_set_size'
  | 'fd_filestat_set_times'
  | 'fd_pread'
  | 'fd_prestat_get'
  | 'fd_prestat_dir_name'
  | 'fd_pwrite'
  | 'fd_readdir'
  | 'fd_seek'
  | 'fd_tell';

/**
 * Creates the functions for files, folders and sockets, which do not exist here. They return `badf` for a descriptor that is not open.
 * An open descriptor is a stream, and the error says why the function cannot be used on it. Other arguments are ignored.
 */
export const refusedFunctions = (descriptors: Descriptors): WasiFunctions<RefusedNames> => {
  const refuse =
    (errno: Errno) =>
    (fd: number): Errno =>
      descriptors.get(fd) === undefined ? ERRNO.badf : errno;
  const noPosition = refuse(ERRNO.spipe);
  const noRight = refuse(ERRNO.notcapable);
  const noSocket = refuse(ERRNO.notsup);
  // Programs try the descriptors from 3 on, one by one, until one is not open.
  const noPreopen = (): Errno => ERRNO.badf;

  return {
    fd_advise: noPosition,
    fd_allocate: noPosition,
    fd_pread: noPosition,
    fd_pwrite: noPosition,
    fd_seek: noPosition,
    fd_tell: noPosition,
    fd_filestat_set_size: refuse(ERRNO.inval),
    fd_filestat_set_times: noRight,
    fd_readdir: refuse(ERRNO.notdir),
    fd_prestat_get: noPreopen,
    fd_prestat_dir_name: noPreopen,
    path_create_directory: noRight,
    path_filestat_get: noRight,
    path_filestat_set_times: noRight,
    path_link: (from, _flags, _path, _length, to) =>
      noRight(from) === ERRNO.badf ? ERRNO.badf : noRight(to),
    path_open: noRight,
    path_readlink: noRight,
    path_remove_directory: noRight,
    path_rename: (from, _path, _length, to) => (noRight(from) === ERRNO.badf ? ERRNO.badf : noRight(to)),
    path_symlink: (_path, _length, fd) => noRight(fd),
    path_unlink_file: noRight,
    sock_accept: noSocket,
    sock_recv: noSocket,
    sock_send: noSocket,
    sock_shutdown: noSocket,
  };
};
