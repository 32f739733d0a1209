import type { Operator } from '@plugwire/operate';
import type { Registry } from 'prom-client';

import { writeChapters } from '../demo/chapters.ts';
import { readHealthyPlugin } from '../demo/healthy-plugin.ts';
import { readFallbacks } from '../demo/read-fallbacks.ts';

export interface Reloads {
  readonly count: number;
  readonly broken: number;
  /** Failed dispatches whose policy is `fail_request`: each of them is a 502. */
  readonly failedRequests: number;
}

const FAIL_REQUEST = /^(?:shape|build_signer|sign) /;
/** How long a plugin stays: long enough to serve some hundred requests. */
const STAY_MS = 100;

/**
 * Swaps the plugins of a balancer one after another, for broken and healthy ones in turn, until it is ended. Each role has a handle of its own,
 * of the role's name.
 */
export const startReloading = (operator: Operator, registry: Registry) => {
  let isOver = false;
  let count = 0;
  let broken = 0;

  const reload = async (): Promise<void> => {
    const chapters = (await writeChapters()).filter(
      // What is refused at load serves nobody, and what the balancer refuses is no fallback.
      ({ plugin, expected }) => plugin !== undefined && expected.fallback !== undefined,
    );
    while (!isOver) {
      for (const { plugin } of chapters) {
        if (isOver || plugin === undefined) break;
        const handle = operator.get(plugin.role);
        await handle.swap(plugin.source, { ...plugin.loadOptions, allowAnotherPlugin: true });
        await stay();
        // Back to the one before, or to a fresh one.
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
