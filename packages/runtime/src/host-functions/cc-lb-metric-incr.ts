import { toMetricName } from '../observe/guest-metrics.ts';
import { defineHostFunction } from './define-host-function.ts';
import { servicesOf } from './plugin-services.ts';

/**
 * `cc_lb_metric_incr(name, value)`, capability `metrics`: adds to a counter of the plugin's own. A name that Prometheus would refuse is
 * made fit. A counter is a double, so a value above 2^53 is rounded.
 */
export const ccLbMetricIncr = defineHostFunction({
  name: 'cc_lb_metric_incr',
  capability: 'metrics',
  parameters: ['line', 'u64-block'],
  run: (name, value, caller) => servicesOf(caller).metrics.add(toMetricName(name), Number(value)),
});
