import type { Operator } from '@plugwire/operate';
import type { Registry } from 'prom-client';

import { writeChapters } from '../demo/chapters.ts';
import { readHealthyPlugin } from '../demo/healthy-plugin.ts';
import { readFallbacks } from '../demo/read-fallbacks.ts';

export interface Reloads {
  readonly count: number;
  readonly broken: number;
  /** Number of failed dispatches with the policy `fail_request`. Each of them causes a 502. */
  readonly failedRequests: number;
}

const FAIL_REQUEST = /^(?:shape|build_signer|sign) /;
/** Time for which a plugin stays loaded, in milliseconds. It serves some hundred requests in this time. */
const STAY_MS = 100;

/**
 * Swaps the plugins of a balancer for broken and healthy ones, one after another, until `end` is called. The operator must have one handle for each
 * role, with the name of the role.
 */
export const startReloading = (operator: Operator, registry: Registry) => {
  let isOver = false;
  let count = 0;
  let broken = 0;

  const reload = async (): Promise<void> => {
    const chapters = (await writeChapters()).filter(
      // Leave out plugins that cannot be loaded, and plugins whose answers the balancer refuses, because neither causes a fallback.
      ({ plugin, expected }) => plugin !== undefined && expected.fallback !== undefined,
    );
    while (!isOver) {
      for (const { plugin } of chapters) {
        if (isOver || plugin === undefined) break;
        const handle = operator.get(plugin.role);
        await handle.swap(plugin.source, { ...plugin.loadOptions, allowAnotherPlugin: true });
        await stay();
        // Return to the previous version, or load a healthy one.
        if (broken % 2 === 0) handle.rollBack();
        else await handle.swap(readHealthyPlugin(), { allowAnotherPlugin: true });
        await stay();
        count += 2;
        broken += 1;
      }
    }
  };

  const reloaded = reload();
  return {
    count: () => count,
    end: async (): Promise<Reloads> => {
      isOver = true;
      await reloaded;
      let failedRequests = 0;
      for (const [key, value] of await readFallbacks(registry)) {
        if (FAIL_REQUEST.test(key)) failedRequests += value;
      }
      return { count, broken, failedRequests };
    },
  };
};

const stay = async (): Promise<void> => {
  await new Promise((resolve) => {
    setTimeout(resolve, STAY_MS);
  });
};
