import { createGuestLog } from '../observe/guest-log.ts';
import type { HostLogger } from '../observe/logger.ts';
import { LOG_LEVELS } from '../observe/logger.ts';
import type { HostFunction } from '../sandbox/host-function.ts';

/** The longest word that can be a level, in bytes. */
const LEVEL_BYTES = 8;

/**
 * `cc_lb_log(level, message)`, capability `log` (protocol §5): writes to the host's log in the plugin's name. An unknown
 * level or a bad handle fails the call: the plugin was built wrongly.
 */
export const createCcLbLog = (logger: HostLogger | undefined, plugin: string): HostFunction => {
  const log = createGuestLog(logger, plugin);
  const run: HostFunction = (memory, level, message) => {
    const word = memory.read(level as bigint);
    const text = memory.readText(message as bigint);
    const rank =
      word === undefined || word.length > LEVEL_BYTES
        ? -1
        : LOG_LEVELS.indexOf(Buffer.from(word).toString() as never);
    if (rank < 0 || text === undefined)
      throw new TypeError('cc_lb_log expects handles of a level and of a message');
    if (rank >= log.level()) log.write(rank, text);
    return undefined;
  };
  return Object.assign(run, { capability: 'log' });
};
