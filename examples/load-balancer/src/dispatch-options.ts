import type { HandleDispatchOptions } from '@plugwire/operate';

/** Returns options that send all steps of a request to the same version of a plugin during a canary, and add the request id to warnings. */
export const optionsFor = (requestId: string): HandleDispatchOptions => ({
  key: requestId,
  fields: { request_id: requestId },
});
