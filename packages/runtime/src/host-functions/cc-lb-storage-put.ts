import type { CallCode } from '../outcomes/call-result.ts';
import type { PutResult } from '../storage/plugin-storage.ts';
import { refuseCall } from './call-refusal.ts';
import { defineHostFunction } from './define-host-function.ts';
import { servicesOf } from './plugin-services.ts';
import { silenceRejection } from '../base/silence-rejection.ts';

/** What each refusal of a store is to the call. */
const REFUSALS: Readonly<Record<Exclude<PutResult, 'stored'>, CallCode>> = {
  over_quota: 'storage_quota',
  bad_key: 'bad_argument',
  unavailable: 'storage_unavailable',
};

/**
 * `cc_lb_storage_put(key, bytes)`, capability `storage`: writes to the plugin's own store. It has no result by which a guest
 * could learn that a write was refused, so the call fails: `storage_quota`, `storage_unavailable` (RATIONALE.md, "Why does a
 * write past the quota end the call?").
 */
export const ccLbStoragePut = defineHostFunction({
  name: 'cc_lb_storage_put',
  capability: 'storage',
  parameters: ['text', 'bytes'],
  // The quota decides, and before it the memory of the call.
  argumentBytes: Number.MAX_SAFE_INTEGER,
  run: (key, value, caller) => {
    const result = servicesOf(caller).store?.put(key, value);
    if (result === 'stored') return;
    silenceRejection(result); // a storage of somebody's own, written wrongly
    refuseCall(REFUSALS[result ?? 'unavailable'] ?? REFUSALS.unavailable, 'nothing was written');
  },
});
