import type { Plugin, PluginHost } from '@plugwire/runtime';
import type { Registry } from 'prom-client';

import type { Balancer } from '../balancer.ts';
import { ROLES } from '../chain.ts';
import { writeChapters } from '../demo/chapters.ts';
import { loadHealthyPlugin } from '../demo/healthy-plugin.ts';
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

/** Replaces the plugins of a balancer one after another, broken and healthy in turn, until it is ended. */
export const startReloading = (host: PluginHost, balancer: Balancer, registry: Registry) => {
  let isOver = false;
  let count = 0;
  let broken = 0;
  let failedRequests = 0;

  /** Its series go with it, so they are read first. */
  const close = async (plugin: Plugin): Promise<void> => {
    for (const [key, value] of await readFallbacks(registry, plugin.name)) {
      if (FAIL_REQUEST.test(key)) failedRequests += value;
    }
    await plugin.close();
  };

  const reload = async (): Promise<void> => {
    const chapters = (await writeChapters()).filter(
      // What is refused at load serves nobody, and what the balancer refuses is no fallback.
      ({ plugin, expected }) => plugin !== undefined && expected.fallback !== undefined,
    );
    while (!isOver) {
      for (const { name, plugin: given } of chapters) {
        if (isOver || given === undefined) break;
        const former = balancer.plugins()[given.role];
        const hostile = await host.load(given.source, { ...given.loadOptions, name });
        await balancer.usePlugin(given.role, hostile);
        await stay();
        await balancer.usePlugin(given.role, former);
        await close(hostile);
        const healthy = await loadHealthyPlugin(host, `healthy-${count}`);
        await Promise.all(ROLES.map(async (role) => await balancer.usePlugin(role, healthy)));
        if (former !== undefined) await close(former);
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
      const last = balancer.plugins().signer;
      if (last !== undefined) await close(last);
      return { count, broken, failedRequests };
    },
  };
};

const stay = async (): Promise<void> => {
  await new Promise((resolve) => {
    setTimeout(resolve, STAY_MS);
  });
};
