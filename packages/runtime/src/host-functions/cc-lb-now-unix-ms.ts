import { defineHostFunction } from './define-host-function.ts';
import { servicesOf } from './plugin-services.ts';

/** `cc_lb_now_unix_ms() -> u64 block`, capability `clock`: returns the wall clock in milliseconds since 1970. */
export const ccLbNowUnixMs = defineHostFunction({
  name: 'cc_lb_now_unix_ms',
  capability: 'clock',
  result: 'u64-block',
  run: (caller) => BigInt(servicesOf(caller).sources.nowUnixMs()),
});
