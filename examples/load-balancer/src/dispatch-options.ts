import type { HandleDispatchOptions } from '@plugwire/operate';

/** While a canary runs, all steps of one request go to one version of a plugin. Warnings name the request. */
export const optionsFor = (requestId: string): HandleDispatchOptions => ({
  key: requestId,
  fields: { request_id: requestId },
});
