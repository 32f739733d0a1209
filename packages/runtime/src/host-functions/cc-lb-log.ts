import { LOG_LEVELS } from '../observe/logger.ts';
import { refuseCall } from './call-refusal.ts';
import { defineHostFunction } from './define-host-function.ts';
import { servicesOf } from './plugin-services.ts';

/** No level has more bytes; the message may have any number, of which a line is read. */
const LEVEL_BYTES = 64;

/** `cc_lb_log(level, message)`, capability `log`: writes to the host's log in the plugin's name. Another level is `bad_argument`. */
export const ccLbLog = defineHostFunction({
  name: 'cc_lb_log',
  capability: 'log',
  parameters: ['text', 'line'],
  argumentBytes: LEVEL_BYTES,
  run: (level, message, caller) => {
    const { log } = servicesOf(caller);
    const rank = LOG_LEVELS.findIndex((name) => name === level);
    if (rank < 0) refuseCall('bad_argument', `cc_lb_log expects a level of ${LOG_LEVELS.join(', ')}`);
    if (rank >= log.level()) log.write(rank, message);
  },
});
