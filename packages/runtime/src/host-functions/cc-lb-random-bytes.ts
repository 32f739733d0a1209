import { refuseCall } from './call-refusal.ts';
import { defineHostFunction } from './define-host-function.ts';
import { servicesOf } from './plugin-services.ts';

/** The most bytes that one call may ask for (protocol §5). */
const MOST_BYTES = 65_536;

/**
 * `cc_lb_random_bytes(n: u64 block) -> bytes`, capability `random`: returns `n` secure random bytes. More than 65,536 bytes end the call
 * with `bad_argument`.
 */
export const ccLbRandomBytes = defineHostFunction({
  name: 'cc_lb_random_bytes',
  capability: 'random',
  parameters: ['u64-block'],
  result: 'bytes',
  run: (count, caller) => {
    if (count > MOST_BYTES)
      refuseCall('bad_argument', `cc_lb_random_bytes returns at most ${MOST_BYTES} bytes`);
    const bytes = new Uint8Array(Number(count));
    servicesOf(caller).sources.fillRandom(bytes);
    return bytes;
  },
});
