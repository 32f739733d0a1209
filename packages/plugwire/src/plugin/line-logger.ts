import { type HostLogger, LOG_LEVELS, LOG_TARGETS } from '@plugwire/runtime';

import type { Terminal } from '../output/terminal.ts';

/** A logger that shows what a plugin itself writes, on the standard error. What the host says of it is in the result. */
export const createLineLogger = ({ warn, warnStyle }: Pick<Terminal, 'warn' | 'warnStyle'>): HostLogger => {
  const logger = Object.fromEntries(
    LOG_LEVELS.map((level) => [
      level,
      (fields: object, message: string): void => {
        if ((fields as { readonly target?: unknown }).target === LOG_TARGETS.guest)
          warn(`${warnStyle.dim(`plugin ${level}:`)} ${message}`);
      },
    ]),
  );
  return logger as unknown as HostLogger;
};
