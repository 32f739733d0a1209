import { clock } from './clock.ts';
import { OperateError } from './operate-error.ts';

/**
 * Waits for a promise until `endMs` of the clock. A later result is passed to `onLate`. A later rejection is ignored.
 *
 * Rejects like the promise, and with `OperateError` `not_in_time`.
 */
export const within = async <Result>(
  endMs: number,
  running: Promise<Result>,
  onLate: (result: Result) => void,
): Promise<Result> =>
  await new Promise<Result>((resolve, reject) => {
    let isLate = false;
    const end = (): void => {
      isLate = true;
      reject(
        new OperateError(
          'not_in_time',
          'the plugin was not ready in the time for all loads: find out what it waits for, such as a slow disk or storage.',
        ),
      );
    };
    const timer = clock.setTimeout(end, Math.max(0, endMs - clock.nowMs()));
    const settle = async (): Promise<void> => {
      try {
        const result = await running;
        if (isLate) onLate(result);
        else resolve(result);
      } catch (error) {
        // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- passes on what was thrown
        reject(error);
      } finally {
        clock.clearTimeout(timer);
      }
    };
    void settle();
  });
