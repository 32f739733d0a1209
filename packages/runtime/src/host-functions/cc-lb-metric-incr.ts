import { isMetricName } from '../observe/guest-metrics.ts';
import { refuseCall } from './call-refusal.ts';
import { defineHostFunction } from './define-host-function.ts';
import { servicesOf } from './plugin-services.ts';

/** Above it a number is no longer exact; the protocol refuses such counts everywhere. */
const MOST = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * `cc_lb_metric_incr(name, value)`, capability `metrics`: adds to a counter of the plugin's own. A name that Prometheus would
 * not take and a value above 2^53 - 1 are `bad_argument`.
 */
export const ccLbMetricIncr = defineHostFunction({
  name: 'cc_lb_metric_incr',
  capability: 'metrics',
  parameters: ['text', 'u64'],
  run: (name, value, caller) => {
    if (!isMetricName(name))
      refuseCall('bad_argument', 'cc_lb_metric_incr expects ^[a-zA-Z_][a-zA-Z0-9_]*$, at most 64 bytes');
    if (value > MOST) refuseCall('bad_argument', 'cc_lb_metric_incr expects a value of at most 2^53 - 1');
    servicesOf(caller).metrics.add(name, Number(value));
  },
});
