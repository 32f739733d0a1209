import { createOperator, type Operator } from '@plugwire/operate';
import { createPluginHost, PluginLoadError } from '@plugwire/runtime';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';

import { type Balancer, startBalancer } from '../balancer.ts';
import { assignPlugins, type BalancerPlugins, hostWith, type Role, ROLES } from '../balancer-plugins.ts';
import { type Chapter, writeChapters } from './chapters.ts';
import type { DemoUpstream } from './demo-upstreams.ts';
import { openHealthyPlugin, readHealthyPlugin } from './healthy-plugin.ts';
import { showProgress } from './progress.ts';
import { readFallbacks } from './read-fallbacks.ts';
import type { ChapterResult } from './report.ts';
import { sendTraffic } from './traffic.ts';

const REQUESTS_PER_CHAPTER = 1000;
/** A longer deadline than the default of 50 ms, because deadlines are wall time and the machine may be busy. */
export const DEMO_LIMITS = { deadlineMs: 1000 };
const HEALTHY = 'healthy';

interface Stage {
  readonly operator: Operator;
  readonly registry: Registry;
  readonly upstreams: readonly DemoUpstream[];
  readonly balancer: Balancer;
  /** Puts a plugin into a role of the healthy chain. */
  cast(role: Role, name: string): void;
}

/** Runs the chapters, each with one plugin in a healthy chain, and returns their results. */
export const playChapters = async (
  upstreams: readonly DemoUpstream[],
  logger: Logger,
): Promise<readonly ChapterResult[]> => {
  const registry = new Registry();
  const host = createPluginHost({ functions: loadBalancerFunctions, logger, registry, limits: DEMO_LIMITS });
  const operator = createOperator({ host, logger });
  await openHealthyPlugin(operator, HEALTHY);
  const healthy = Object.fromEntries(ROLES.map((role) => [role, HEALTHY]));
  let plugins: BalancerPlugins = assignPlugins(operator, hostWith(healthy));
  const balancer = await startBalancer({ upstreams, plugins: () => plugins, logger, registry });
  const cast = (role: Role, name: string): void => {
    plugins = assignPlugins(operator, hostWith({ ...healthy, [role]: name }));
  };
  const results: ChapterResult[] = [];
  for (const chapter of await writeChapters()) {
    results.push(await play({ operator, registry, upstreams, balancer, cast }, chapter));
  }
  await balancer.close();
  await operator.close();
  await host.close();
  return results;
};

/** Runs one chapter, and restores the healthy chain. */
const play = async (stage: Stage, chapter: Chapter): Promise<ChapterResult> => {
  const { operator, balancer, registry, upstreams, cast } = stage;
  const { name } = chapter;
  const role = chapter.plugin?.role ?? 'observer';
  const refused = await open(operator, chapter);
  const isCast = operator.names().includes(name) && name !== HEALTHY;
  if (isCast) cast(role, name);

  const fallbacksBefore = await readFallbacks(registry);
  const seenBefore = upstreams.map(({ seen }) => seen());
  const replacing = chapter.isReplacing === true ? startReplacing(operator) : undefined;
  const path = chapter.asksForError === true ? '/error' : '/v1/messages';
  const traffic = await sendTraffic(balancer.origin, path, {
    isEnough: (started) => started >= REQUESTS_PER_CHAPTER,
    onProgress: (done) =>
      showProgress(`${name}: ${done} of ${REQUESTS_PER_CHAPTER} requests`, done === REQUESTS_PER_CHAPTER),
  });
  const replacements = (await replacing?.end()) ?? 0;
  const seen = new Map(
    upstreams.map((upstream, at) => [upstream.name, upstream.seen() - (seenBefore[at] ?? 0)]),
  );
  const fallbacks = await readFallbacks(registry, undefined, fallbacksBefore);

  if (isCast) {
    cast(role, HEALTHY);
    await operator.get(name).close();
  }
  return { chapter, traffic, seen, fallbacks, refused, replacements };
};

/** Opens a chapter's plugin. Returns the reason if it is refused. */
const open = async (operator: Operator, { name, plugin }: Chapter): Promise<string | undefined> => {
  if (plugin === undefined) return undefined;
  const handle = operator.open(name);
  try {
    await handle.swap(plugin.source, plugin.loadOptions ?? {});
    return undefined;
  } catch (error) {
    await handle.close();
    if (error instanceof PluginLoadError) return `${error.stage}/${error.code}`;
    throw error;
  }
};

/** Swaps the healthy plugin for a new one repeatedly, until it is stopped. */
const startReplacing = (operator: Operator) => {
  let isOver = false;
  const replace = async (): Promise<number> => {
    let count = 0;
    for (; !isOver; count += 1) await operator.get(HEALTHY).swap(readHealthyPlugin());
    return count;
  };
  const replaced = replace();
  return {
    end: async (): Promise<number> => {
      isOver = true;
      return await replaced;
    },
  };
};
