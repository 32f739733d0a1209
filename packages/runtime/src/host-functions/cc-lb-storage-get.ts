import { STORAGE_LIMITS, storageKeyBytes } from '../storage/storage-limits.ts';
import { refuseCall } from './call-refusal.ts';
import { defineHostFunction } from './define-host-function.ts';
import { servicesOf } from './plugin-services.ts';

/** `cc_lb_storage_get(key) -> bytes`, capability `storage`: reads from the plugin's store. Returns the handle 0 if the key is absent. */
export const ccLbStorageGet = defineHostFunction({
  name: 'cc_lb_storage_get',
  capability: 'storage',
  parameters: ['text'],
  result: 'bytes?',
  run: (key, caller) => {
    if (storageKeyBytes(key) === undefined)
      refuseCall('bad_argument', `a storage key may have at most ${STORAGE_LIMITS.keyBytes} bytes`);
    return servicesOf(caller).store?.get(key);
  },
});
