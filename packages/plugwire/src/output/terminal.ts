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

/** The output of a command. */
export interface Terminal {
  /** Colours of the standard output. */
  readonly style: Style;
  /** The width of the standard output in characters; 100 if it is not a terminal. */
  readonly columns: number;
  readonly stdin: ProcessLike['stdin'];
  /**
   * Writes to the standard output, and resolves when it is written. Also resolves if the reader has closed the pipe (`EPIPE`, as with
   * `| head`). Rejects with any other error of the system.
   */
  print(text: string | Uint8Array): Promise<void>;
  /** Writes a line to the standard error. Never throws: an error there cannot be reported anywhere. */
  warn(text: string): void;
  /** Shows progress on the standard error, if that is a terminal. */
  startProgress(title: string): Progress;
  /** The colours of the standard error. */
  readonly warnStyle: Style;
}

const COLUMNS_ELSEWHERE = 100;
/** The smallest width that is used. Some terminals report 0 columns. */
const LEAST_COLUMNS = 40;

/** Creates the terminal of a process. */
export const openTerminal = ({ stdout, stderr, stdin, env }: ProcessLike): Terminal => {
  const warnStyle = createStyle(stderr, env);
  // An error event without a listener would end the process. Errors are reported by the callback of each write instead.
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

/** Whether the reader has closed the pipe. */
const isClosed = (error: NodeJS.ErrnoException): boolean =>
  error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
