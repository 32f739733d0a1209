import { configuredFlag } from './balancer/config';
import { text, Text } from './kit';
import { RateLimit } from './rate-limit';

// The switches of the configuration, apart from those of the rate limit.
export const COUNT_EVENTS = 'count_events';
export const LOG_ERRORS = 'log_errors';
export const SIGN_ONCE = 'sign_once';

/**
 * Returns the capabilities that the configuration needs. An invalid configuration fails the handshake. A call cannot ask which
 * capabilities were granted, and it fails without them. So a host that grants too few rejects the plugin when it loads it.
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
