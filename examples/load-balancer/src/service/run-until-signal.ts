import { constants } from 'node:os';

import type { Logger } from 'pino';

import type { Service } from './open-service.ts';

type StopSignal = 'SIGTERM' | 'SIGINT';

/** The extra time for closing after `drainMs`, in milliseconds. After it, the process ends without waiting. */
const CLOSE_MS = 10_000;

/**
 * Opens a service and runs it until a signal. SIGHUP reloads the configuration. SIGTERM and SIGINT close the service. The promise resolves when
 * everything is closed, and the process ends with 0. A second signal ends the process immediately. If closing takes too long, the process ends
 * with 1.
 *
 * If the service cannot be opened, it logs the reason and sets the exit code to 1. A signal before the service is open takes effect once it is.
 */
export const runUntilSignal = async (
  open: () => Promise<Service>,
  { logger, drainMs }: { readonly logger: Logger; readonly drainMs: number },
): Promise<void> => {
  let stop: (signal: StopSignal) => void;
  const stopped = new Promise<StopSignal>((resolve) => {
    stop = resolve;
  });
  let isStopping = false;
  const onStop = (signal: StopSignal): void => {
    if (isStopping) process.exit(128 + constants.signals[signal]);
    isStopping = true;
    stop(signal);
  };
  let reload = (): void => {};
  process.on('SIGTERM', onStop).on('SIGINT', onStop);
  process.on('SIGHUP', () => reload());

  let service: Service;
  try {
    service = await open();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    logger.fatal({ target: 'balancer', message }, 'the balancer cannot start');
    process.exitCode = 1;
    return;
  }
  // It logs its result, and never rejects.
  reload = () => void service.watch.reload();
  const signal = await stopped;
  reload = () => {};
  logger.info({ target: 'balancer', signal, drainMs }, 'closing: a second signal ends at once');
  const late = setTimeout(() => {
    logger.fatal({ target: 'balancer' }, 'not closed in time');
    process.exit(1);
  }, drainMs + CLOSE_MS).unref();
  await service.close();
  clearTimeout(late);
  logger.info({ target: 'balancer' }, 'closed');
};
