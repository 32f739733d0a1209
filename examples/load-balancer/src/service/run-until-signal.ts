import { constants } from 'node:os';

import type { Logger } from 'pino';

import type { Service } from './open-service.ts';

type StopSignal = 'SIGTERM' | 'SIGINT';

/** Beyond what requests have to end: what does not close by then is not waited for. */
const CLOSE_MS = 10_000;

/**
 * Opens a service and runs it as operators expect. SIGHUP reloads the configuration. SIGTERM and SIGINT close it: resolves when everything is
 * closed, so that the process ends with 0. A second one ends the process at once. What does not close in time ends it with 1.
 *
 * If the service does not open, it logs why and sets the exit code to 1. A signal that comes before it is open holds as soon as it is.
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
  // It logs what comes of it, and never rejects.
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
