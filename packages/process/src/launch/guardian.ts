import { type ChildProcess, spawn } from 'node:child_process';

/**
 * A shell script that cleans up after this process. It reads the processes and folders of plugins from its input. When its input ends, because
 * this process has ended for any reason, it kills the remaining processes and removes the remaining folders.
 *
 * A line is `+ MARK FOLDER`, `p MARK PID` or `- MARK`. The arguments of the script are the words of earlier lines. Marks are hexadecimal.
 * Processes that have left their group are found by the mark in their environment, if the system shows it.
 */
const SCRIPT = `
marks=''
note() {
  case $1 in
    +) marks="$marks $2"; eval "folder_$2=\\$3" ;;
    p) eval "pid_$2=\\$3" ;;
    -) left=''; for each in $marks; do [ "$each" = "$2" ] || left="$left $each"; done; marks=$left
       unset "folder_$2" "pid_$2" ;;
  esac
}
while [ $# -gt 0 ]; do note "$1" "$2" "$3"; shift 3; done
while read -r word mark rest; do note "$word" "$mark" "$rest"; done
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

/** Registers processes to kill and folders to remove when this process ends. */
export interface Guardian {
  /** Registers a folder before it is created. Resolves when the guardian has received it. */
  add(mark: string, folder: string): Promise<void>;
  /** Registers the leader of a process group. */
  setPid(mark: string, pid: number): Promise<void>;
  /** Removes both registrations. */
  remove(mark: string): void;
}

/** The folder and the process of a mark. */
interface Noted {
  readonly folder: string;
  pid: number | undefined;
}

const noted = new Map<string, Noted>();
let child: ChildProcess | undefined;

const write = async (line: string): Promise<void> => {
  const { stdin } = start();
  // If the guardian was killed, a new one receives all registrations again.
  await new Promise<void>((resolve) => stdin?.write(line, () => resolve()));
};

const start = (): ChildProcess => {
  if (child !== undefined && child.exitCode === null && child.signalCode === null) return child;
  // As arguments, because this process can be killed before it writes the first line.
  const known = [...noted].flatMap(([mark, { folder, pid }]) =>
    pid === undefined ? ['+', mark, folder] : ['+', mark, folder, 'p', mark, String(pid)],
  );
  // In a separate session, so that a Ctrl-C in the terminal does not reach it.
  const started = spawn('/bin/sh', ['-c', SCRIPT, 'guardian', ...known], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child = started;
  started.on('error', () => undefined);
  started.on('exit', () => {
    if (child === started && noted.size > 0) start();
  });
  started.stdin?.on('error', () => undefined);
  started.unref();
  (started.stdin as unknown as { unref?(): void }).unref?.();
  return started;
};

/** The guardian of this process. It starts with the first plugin. */
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
