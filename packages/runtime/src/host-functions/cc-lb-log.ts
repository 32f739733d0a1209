import { LOG_LEVELS } from '../observe/logger.ts';
import { defineHostFunction } from './define-host-function.ts';
import { servicesOf } from './plugin-services.ts';

const INFO = LOG_LEVELS.indexOf('info');

/**
 * `cc_lb_log(level, message)`, capability `log`: writes a line to the host's log under the plugin's name. An unknown level is treated as
 * `info`, as in cc-lb's host.
 */
export const ccLbLog = defineHostFunction({
  name: 'cc_lb_log',
  capability: 'log',
  parameters: ['line', 'line'],
  run: (level, message, caller) => {
    const { log } = servicesOf(caller);
    const named = LOG_LEVELS.findIndex((name) => name === level);
    const rank = named < 0 ? INFO : named;
    if (rank >= log.level()) log.write(rank, message);
  },
});
