import { type GuestWords, LOG_LEVELS } from '@plugwire/runtime';

/** The most characters of a line. Longer lines are split into parts. */
export const LONGEST_LINE = 64 * 1024;

/** The most characters of a log line, the same as for modules. */
const LONGEST_SHOWN = 4_096;

const level = (name: string): number => (LOG_LEVELS as readonly string[]).indexOf(name);
const DEBUG = level('debug');
const ERROR = level('error');

/** hclog's own fields; `@timestamp` is the time of the host's line. */
const STANDARD: ReadonlySet<string> = new Set(['@level', '@message', '@timestamp']);

/**
 * Creates a function that logs lines of a plugin's standard error as go-plugin does: hclog's JSON and prefixes such as `[WARN]` at their own
 * level, Go panics at `error`, and everything else at `debug`.
 */
export const createStderrLog = (words: GuestWords): ((line: string, isPart: boolean) => void) => {
  let isPanic = false;
  return (line, isPart) => {
    if (line === '') return;
    const shown = line.slice(0, LONGEST_SHOWN);
    const entry = isPart ? undefined : parseEntry(line);
    if (entry !== undefined) {
      isPanic = false;
      words.write(entry.level, entry.message, entry.fields);
      return;
    }
    const prefix = /^\[(TRACE|DEBUG|INFO|WARN|ERROR)\]/.exec(line)?.[1];
    if (prefix !== undefined) {
      words.write(level(prefix.toLowerCase()), shown);
      return;
    }
    isPanic ||= /^(panic: |fatal error: |Traceback \(most recent call last\):)/.test(line);
    words.write(isPanic ? ERROR : DEBUG, shown);
  };
};

/** Logs a line of a plugin's standard output. */
export const logOutput = (words: GuestWords, line: string, stream: 'stdout' | 'stderr'): void => {
  if (line !== '') words.write(DEBUG, line.slice(0, LONGEST_SHOWN), { stream });
};

interface Entry {
  readonly level: number;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Parses a line in the JSON format of hclog. Returns `undefined` for any other line. */
const parseEntry = (line: string): Entry | undefined => {
  if (!line.startsWith('{')) return undefined;
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  const fields = parsed as Readonly<Record<string, unknown>>;
  const { '@message': message, '@level': given } = fields;
  if (typeof message !== 'string') return undefined;
  const at = typeof given === 'string' ? level(given.toLowerCase()) : -1;
  return {
    level: at < 0 ? DEBUG : at,
    message: message.slice(0, LONGEST_SHOWN),
    fields: Object.fromEntries(
      Object.entries(fields)
        .filter(([key]) => !STANDARD.has(key))
        .map(([key, value]) => [key === '@module' ? 'module' : key, value]),
    ),
  };
};
