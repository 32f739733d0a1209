import { type HostLogger, LOG_LEVELS, LOG_TARGETS } from '@plugwire/runtime';

import type { Terminal } from '../output/terminal.ts';

/** Creates a logger that writes the log lines of a plugin to the standard error. It drops the host’s own lines: the result reports them. */
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
