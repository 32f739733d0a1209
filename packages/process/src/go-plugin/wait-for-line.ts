import { type GuestWords, loadError } from '@plugwire/runtime';

import { clock } from '../base/clock.ts';
import { readLines } from '../launch/read-lines.ts';
import { createStderrLog, LONGEST_LINE, logOutput } from '../launch/plugin-words.ts';
import { type RunningProcess, showEnd } from '../launch/start-process.ts';
import { looksLikeHandshake } from './handshake-line.ts';

/** The options of {@link waitForLine}. */
interface WaitOptions {
  readonly words: GuestWords;
  readonly timeoutMs: number;
  /** Whether an error message may quote output of the process. */
  readonly revealGuestErrors: boolean;
}

/**
 * Reads the output of a process, and resolves to its handshake line. All other lines go to the log.
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
          `the process printed no handshake line within ${timeoutMs} ms${seen()}: see its log lines, or increase startTimeoutMs.`,
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
      // Its last output may still be in the pipe.
      await running.kill();
      if (isOver) return;
      settle();
      const hint =
        half === '' && how.code === 1 ? ' A Go plugin exits like this if the cookie is wrong.' : '';
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
