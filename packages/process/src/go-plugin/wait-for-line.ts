import { type GuestWords, loadError } from '@plugwire/runtime';

import { clock } from '../base/clock.ts';
import { readLines } from '../launch/read-lines.ts';
import { createStderrLog, LONGEST_LINE, logOutput } from '../launch/plugin-words.ts';
import { type RunningProcess, showEnd } from '../launch/start-process.ts';
import { looksLikeHandshake } from './handshake-line.ts';

/** Who waits for a handshake line, and how long. */
interface WaitOptions {
  readonly words: GuestWords;
  readonly timeoutMs: number;
  /** Whether a message may quote what the process printed. */
  readonly revealGuestErrors: boolean;
}

/**
 * Reads the output of a process from now on, and gives its handshake line. What else it prints goes to the log.
 *
 * Rejects with `PluginLoadError` `instantiate`/`start_timeout` or `process_exited`, `handshake`/`handshake_line`.
 */
export const waitForLine = async (
  running: RunningProcess,
  { words, timeoutMs, revealGuestErrors }: WaitOptions,
): Promise<string> =>
  await new Promise((resolve, reject) => {
    let isOver = false;
    let otherLines = 0;
    let said = '';
    let half = '';
    const timer = clock.setTimeout(() => {
      settle();
      reject(
        loadError(
          'instantiate',
          'start_timeout',
          `the process printed no handshake line within ${timeoutMs} ms${seen()}: see its log lines, or give it more time with startTimeoutMs.`,
        ),
      );
    }, timeoutMs);
    const settle = (): void => {
      isOver = true;
      clock.clearTimeout(timer);
    };
    const seen = (): string => {
      const count =
        otherLines === 0 ? 'and nothing else' : `but ${otherLines} other line${otherLines === 1 ? '' : 's'}`;
      return `, ${count}${revealGuestErrors && said !== '' ? ` (${said})` : ''}`;
    };
    const note = (line: string): void => {
      if (!isOver && line !== '') said = line.slice(0, 200);
    };

    const log = createStderrLog(words);
    readLines(running.stderr, LONGEST_LINE, {
      line: (line, isPart) => {
        note(line);
        log(line, isPart);
      },
    });
    readLines(running.stdout, LONGEST_LINE, {
      line: (line, isPart) => {
        if (isOver || !looksLikeHandshake(line)) {
          if (!isOver && line !== '') otherLines += 1;
          note(line);
          return logOutput(words, line, 'stdout');
        }
        half = line;
        if (!isPart && running.end() === undefined) {
          settle();
          return resolve(line);
        }
        settle();
        return reject(
          loadError(
            'handshake',
            'handshake_line',
            isPart
              ? `the handshake line has more than ${LONGEST_LINE} characters: expected CORE|APP|NETWORK|ADDRESS|PROTOCOL.`
              : 'the process ended right after its handshake line: see its log lines.',
          ),
        );
      },
    });

    const explain = async (): Promise<void> => {
      const how = await running.ended;
      // What it said last may still be in the pipe.
      await running.kill();
      if (isOver) return;
      settle();
      const hint =
        half === '' && how.code === 1
          ? ' A plugin in Go ends so if the cookie is not the one that it expects.'
          : '';
      reject(
        loadError(
          'instantiate',
          'process_exited',
          `the process ended (${showEnd(how)}) before it printed its handshake line${seen()}: see its log lines.${hint}`,
        ),
      );
    };
    void explain();
  });
