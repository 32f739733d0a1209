import { configuredFlag } from './balancer/config';
import { text, Text } from './kit';
import { RateLimit } from './rate-limit';

// The switches of the configuration, beside those of the rate limit.
export const COUNT_EVENTS = 'count_events';
export const LOG_ERRORS = 'log_errors';
export const SIGN_ONCE = 'sign_once';

/**
 * The capabilities that what was configured needs; a bad configuration fails the handshake. A call cannot ask what was granted,
 * and one without its capability would fail: so a host that grants too little refuses the plugin, when it loads it.
 */
export function requiredCapabilities(_granted: Text[]): Text[] {
  const hasLimit = RateLimit.configured() !== null;
  const signsOnce = configuredFlag(SIGN_ONCE);
  const needs: Text[] = [];
  if (hasLimit) needs.push(text('storage'));
  if (hasLimit || signsOnce) needs.push(text('clock'));
  if (signsOnce) needs.push(text('random'));
  if (configuredFlag(COUNT_EVENTS)) needs.push(text('metrics'));
  if (configuredFlag(LOG_ERRORS)) needs.push(text('log'));
  return needs;
}
