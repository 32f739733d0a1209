import { type CarrierContext, loadError } from '@plugwire/runtime';

import { clock } from '../base/clock.ts';
import { createStderrLog, LONGEST_LINE, logOutput } from '../launch/plugin-words.ts';
import { readLines } from '../launch/read-lines.ts';
import { type RunningProcess, showEnd, startProcess, within } from '../launch/start-process.ts';
import type { Session } from '../launch/supervise.ts';
import type { Caller, PayloadEncoding } from './caller.ts';
import { createGrpcCaller } from './grpc-caller.ts';
import type { GopluginEntry } from './goplugin-file.ts';
import { createRestCaller } from './rest-caller.ts';

/** A running quadroops plugin that responds to pings. */
export interface QuadroopsSession extends Session {
  readonly caller: Caller;
  isEnded(): boolean;
}

/** The options of {@link startPlugin}. */
interface StartOptions {
  readonly entry: GopluginEntry;
  /** The absolute path of the executable. */
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  readonly port: number;
  readonly host: string;
  readonly payload: PayloadEncoding;
  readonly answer: PayloadEncoding;
}

/** The interval and the timeout of pings, in milliseconds. */
const POLL_MS = 50;
const PING_MS = 1_000;
/** How long the process may take to end after a signal, in milliseconds. */
const STOP_MS = 1_000;

/**
 * Starts a quadroops plugin, and pings it until it responds or the timeout passes.
 *
 * Rejects with `PluginLoadError` `instantiate`: `start_failed`, `start_timeout`, `process_exited`.
 */
export const startPlugin = async (
  { entry, command, env, port, host, payload, answer }: StartOptions,
  { words, answerBytes }: Pick<CarrierContext, 'words'> & { readonly answerBytes: number },
  signal: AbortSignal,
): Promise<QuadroopsSession> => {
  const running = await startProcess({
    command,
    args: [...entry.execArgs, '-port', String(port)],
    env: () => env,
    cwd: undefined,
    inheritsStdin: false,
  });
  const abort = (): void => void running.kill();
  signal.addEventListener('abort', abort);
  if (signal.aborted) abort();
  readLines(running.stdout, LONGEST_LINE, { line: (line) => logOutput(words, line, 'stdout') });
  readLines(running.stderr, LONGEST_LINE, { line: createStderrLog(words) });
  const caller =
    entry.commType === 'rest'
      ? createRestCaller({ port, host, payload, answer })
      : createGrpcCaller({ port, payload, answer, answerBytes });
  try {
    await waitForPing(running, caller, entry.execTime);
  } catch (error) {
    caller.close();
    await running.kill();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
  const stop = async (): Promise<void> => {
    running.signal('SIGTERM');
    await within(STOP_MS, running.ended);
    caller.close();
    await running.kill();
  };
  let stopping: Promise<void> | undefined;
  return {
    pid: running.pid,
    ended: running.ended,
    isEnded: () => running.end() !== undefined,
    caller,
    stop: async () => await (stopping ??= stop()),
  };
};

const waitForPing = async (running: RunningProcess, caller: Caller, seconds: number): Promise<void> => {
  const untilMs = clock.nowMs() + seconds * 1_000;
  for (;;) {
    const leftMs = untilMs - clock.nowMs();
    const end = running.end();
    if (end !== undefined) {
      throw loadError(
        'instantiate',
        'process_exited',
        `the process ended (${showEnd(end)}) before it responded to a ping: see its log lines.`,
      );
    }
    if (leftMs <= 0) {
      throw loadError(
        'instantiate',
        'start_timeout',
        `the plugin did not respond to a ping within exec_time, ${seconds} s: see its log lines, or increase exec_time.`,
      );
    }
    if ((await caller.ping(Math.min(PING_MS, leftMs))) && running.end() === undefined) return;
    await within(Math.min(POLL_MS, leftMs), running.ended);
  }
};
