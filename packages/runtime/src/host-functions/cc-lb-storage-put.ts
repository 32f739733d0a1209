import type { CallCode } from '../outcomes/call-result.ts';
import type { PutResult } from '../storage/plugin-storage.ts';
import { refuseCall } from './call-refusal.ts';
import { defineHostFunction } from './define-host-function.ts';
import { servicesOf } from './plugin-services.ts';
import { silenceRejection } from '../base/silence-rejection.ts';

/** The code with which a call ends, for each result of a store that is not `stored`. */
const REFUSALS: Readonly<Record<Exclude<PutResult, 'stored'>, CallCode>> = {
  over_quota: 'storage_quota',
  bad_key: 'bad_argument',
  unavailable: 'storage_unavailable',
};

/**
 * `cc_lb_storage_put(key, bytes)`, capability `storage`: writes to the plugin's store. The function has no result, so it cannot return an
 * error to the guest. A refused write ends the call with `storage_quota` or `storage_unavailable` (RATIONALE.md, "Why does a write past the
 * quota end the call?").
 */
export const ccLbStoragePut = defineHostFunction({
  name: 'cc_lb_storage_put',
  capability: 'storage',
  parameters: ['text', 'bytes'],
  // The call's memory limit and the quota of the store bound the value.
  argumentBytes: Number.MAX_SAFE_INTEGER,
  run: (key, value, caller) => {
    const result = servicesOf(caller).store?.put(key, value);
    if (result === 'stored') return;
    silenceRejection(result); // a custom storage may wrongly return a promise
    refuseCall(REFUSALS[result ?? 'unavailable'] ?? REFUSALS.unavailable, 'nothing was written');
  },
});
