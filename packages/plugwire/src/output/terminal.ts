import type { Writable } from 'node:stream';

import { createProgress, type Progress } from './progress.ts';
import { createStyle, type Style } from './style.ts';

/** The parts of a process that a command uses. */
export interface ProcessLike {
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean };
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<NodeJS.ProcessEnv>;
  exitCode?: number | string | null | undefined;
}

/** Everything that a command shows goes through here. */
export interface Terminal {
  /** Colours of the standard output. */
  readonly style: Style;
  /** Characters of a line of the standard output; 100 where it is not a terminal. */
  readonly columns: number;
  readonly stdin: ProcessLike['stdin'];
  /**
   * Writes to the standard output and resolves once it is written. Resolves also if nobody reads any more (`EPIPE`, as with `| head`).
   * Rejects with the error of the system otherwise.
   */
  print(text: string | Uint8Array): Promise<void>;
  /** Writes a line to the standard error. Never fails: there is nowhere left to say it. */
  warn(text: string): void;
  /** Shows how far long work is, on the standard error, if that is a terminal. */
  startProgress(title: string): Progress;
  /** The colours of the standard error. */
  readonly warnStyle: Style;
}

const COLUMNS_ELSEWHERE = 100;
/** Narrower terminals would show one word in a line; some say that they have no columns at all. */
const LEAST_COLUMNS = 40;

/** Opens the terminal of a process. */
export const openTerminal = ({ stdout, stderr, stdin, env }: ProcessLike): Terminal => {
  const warnStyle = createStyle(stderr, env);
  // A stream without a listener ends the process with a stack trace. What failed comes by the callback of the write.
  stdout.on('error', ignore);
  stderr.on('error', ignore);

  const print = async (text: string | Uint8Array): Promise<void> => {
    await new Promise<void>((resolve, reject) => {
      stdout.write(text, (error) => {
        if (error === undefined || error === null || isClosed(error)) resolve();
        else reject(error);
      });
    });
  };
  const warn = (text: string): void => void stderr.write(`${text}\n`, ignore);

  return {
    style: createStyle(stdout, env),
    columns: Math.max(LEAST_COLUMNS, (stdout.isTTY === true && stdout.columns) || COLUMNS_ELSEWHERE),
    stdin,
    print,
    warn,
    warnStyle,
    startProgress: (title) => createProgress(stderr, title),
  };
};

const ignore = (): void => undefined;

/** Nobody reads what is written: the reader had enough. */
const isClosed = (error: NodeJS.ErrnoException): boolean =>
  error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
