import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** The process id and start time of a process. A process id alone is not enough, because the system can reuse it. */
export interface ProcessProof {
  readonly pid: number;
  /** The start time, in clock ticks since the system started. */
  readonly startTime: string;
}

/** The address where a process listens. */
interface ListeningAddress {
  readonly network: 'tcp' | 'unix';
  readonly address: string;
}

/**
 * Proves that a process is the one that listens at an address. Returns `undefined` if it is not, or if the system does not provide the
 * information. Only Linux provides it, for processes of the same user.
 */
export const proveListener = (pid: number, address: ListeningAddress): ProcessProof | undefined => {
  const startTime = readStartTime(pid);
  if (startTime === undefined) return undefined;
  const inodes = listeningInodes(address);
  return socketsOf(pid).some((inode) => inodes.has(inode)) ? { pid, startTime } : undefined;
};

/** Whether the proved process still runs under its process id. */
export const isStill = ({ pid, startTime }: ProcessProof): boolean =>
  isRunning(pid) && readStartTime(pid) === startTime;

/** Whether a process with this id runs. A zombie process counts as ended. */
export const isRunning = (pid: number): boolean => {
  if (/^[ZX]$/.test(fieldsOf(pid)[0] ?? '')) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
};

const read = (path: string): string => {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
};

/** The fields of `stat` from the third one, the state. The second one, the name in parentheses, may contain any character. */
const fieldsOf = (pid: number): readonly string[] => {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
};

const readStartTime = (pid: number): string | undefined => fieldsOf(pid)[19];

const socketsOf = (pid: number): readonly string[] => {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1];
      return inode === undefined ? [] : [inode];
    });
  } catch {
    return [];
  }
};

/** The state of a listening socket. */
const TCP_LISTEN = '0A';
const UNIX_LISTENS = '00010000';

const listeningInodes = ({ network, address }: ListeningAddress): ReadonlySet<string> => {
  const rows = (path: string): string[][] =>
    read(path)
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/));
  if (network === 'unix') {
    // Num RefCount Protocol Flags Type St Inode Path
    return new Set(
      rows('/proc/net/unix')
        .filter((row) => row.slice(7).join(' ') === address && row[3] === UNIX_LISTENS)
        .map((row) => String(row[6])),
    );
  }
  const port = Number(address.slice(address.lastIndexOf(':') + 1));
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  // Columns: sl local_address rem_address st …; the inode is the tenth.
  return new Set(
    [...rows('/proc/net/tcp'), ...rows('/proc/net/tcp6')]
      .filter((row) => row[1]?.endsWith(suffix) === true && row[3] === TCP_LISTEN)
      .map((row) => String(row[9])),
  );
};
