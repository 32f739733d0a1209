import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A shell that outlives this process for a moment. It reads which processes and folders there are; when its input ends, since this process has
 * ended in whatever way, it kills and removes what is left.
 *
 * A line is `+ MARK FOLDER`, `p MARK PID` or `- MARK`. Marks are hexadecimal. Processes that have left their group are found by the mark
 * in their environment, where the system shows it.
 */
const SCRIPT = `
marks=''
while read -r word mark rest; do
  case $word in
    +) marks="$marks $mark"; eval "folder_$mark=\\$rest" ;;
    p) eval "pid_$mark=\\$rest" ;;
    -) left=''; for each in $marks; do [ "$each" = "$mark" ] || left="$left $each"; done; marks=$left
       unset "folder_$mark" "pid_$mark" ;;
  esac
done
for mark in $marks; do
  eval "pid=\\$pid_$mark folder=\\$folder_$mark"
  [ -n "$pid" ] && kill -9 "-$pid" 2>/dev/null
done
for mark in $marks; do
  eval "folder=\\$folder_$mark"
  for round in 1 2 3 4 5; do
    found=$(grep -ls "PLUGWIRE_PROCESS=$mark" /proc/[0-9]*/environ 2>/dev/null)
    [ -n "$found" ] || break
    for file in $found; do pid=\${file#/proc/}; kill -9 "\${pid%/environ}" 2>/dev/null; done
  done
  [ -n "$folder" ] && rm -rf -- "$folder"
done
`;

/** What is to be killed and removed when this process ends. */
export interface Guardian {
  /** Notes a folder, before it is made. Resolves once that is certain. */
  add(mark: string, folder: string): Promise<void>;
  /** Notes the leader of a group of processes. */
  setPid(mark: string, pid: number): Promise<void>;
  /** Forgets both. */
  remove(mark: string): void;
}

/** What a mark stands for. */
interface Noted {
  readonly folder: string;
  pid: number | undefined;
}

const noted = new Map<string, Noted>();
let child: ChildProcess | undefined;

const write = async (line: string): Promise<void> => {
  const { stdin } = start();
  // A guardian that was killed is replaced by one that is told everything.
  await new Promise<void>((resolve) => stdin?.write(line, () => resolve()));
};

const start = (): ChildProcess => {
  if (child !== undefined && child.exitCode === null && child.signalCode === null) return child;
  // In a session of its own: a Ctrl-C in the terminal is not for it.
  const started = spawn('/bin/sh', ['-c', SCRIPT], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  child = started;
  started.on('error', () => undefined);
  started.on('exit', () => {
    if (child === started && noted.size > 0) start();
  });
  started.stdin?.on('error', () => undefined);
  started.unref();
  (started.stdin as unknown as { unref?(): void }).unref?.();
  for (const [mark, { folder, pid }] of noted) {
    started.stdin?.write(`+ ${mark} ${folder}\n`);
    if (pid !== undefined) started.stdin?.write(`p ${mark} ${pid}\n`);
  }
  return started;
};

/** The guardian of this process. It is started with the first plugin. */
export const guardian: Guardian = {
  add: async (mark, folder) => {
    start();
    noted.set(mark, { folder, pid: undefined });
    await write(`+ ${mark} ${folder}\n`);
  },
  setPid: async (mark, pid) => {
    const entry = noted.get(mark);
    if (entry !== undefined) entry.pid = pid;
    await write(`p ${mark} ${pid}\n`);
  },
  remove: (mark) => {
    noted.delete(mark);
    child?.stdin?.write(`- ${mark}\n`);
  },
};
