import { toMetricName } from '../observe/guest-metrics.ts';
import { defineHostFunction } from './define-host-function.ts';
import { servicesOf } from './plugin-services.ts';

/**
 * `cc_lb_metric_incr(name, value)`, capability `metrics`: adds to one of the plugin's counters. A name that Prometheus does not allow is
 * changed: see `toMetricName`. Counters are doubles, so values above 2^53 are rounded.
 */
export const ccLbMetricIncr = defineHostFunction({
  name: 'cc_lb_metric_incr',
  capability: 'metrics',
  parameters: ['line', 'u64-block'],
  run: (name, value, caller) => servicesOf(caller).metrics.add(toMetricName(name), Number(value)),
});
