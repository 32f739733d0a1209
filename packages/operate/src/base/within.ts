import { clock } from './clock.ts';
import { OperateError } from './operate-error.ts';

/**
 * Waits for a promise, but not longer than until `endMs` of the clock. What comes later goes to `onLate`; a late rejection goes nowhere.
 *
 * Rejects with `OperateError` `not_in_time`, and as the promise does.
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
          'it was not ready in the time that all loads have together: find out what it waits for, such as a slow disk or storage.',
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
