/**
 * `npm run demo`: a balancer before two real servers, with a healthy chain of plugins; then with one broken plugin at a time.
 * Prints what came of some thousand requests, and exits with 1 if it is not what was promised.
 */
import { createPluginHost, type Plugin, type PluginHost, PluginLoadError } from '@plugwire/runtime';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';

import { type Balancer, startBalancer } from './balancer.ts';
import { ROLES } from './chain.ts';
import { type Chapter, type ChapterPlugin, writeChapters } from './demo/chapters.ts';
import { type DemoUpstream, startDemoUpstreams } from './demo/demo-upstreams.ts';
import { inEveryRole, loadHealthyPlugin } from './demo/healthy-plugin.ts';
import { showProgress } from './demo/progress.ts';
import { readFallbacks } from './demo/read-fallbacks.ts';
import { type ChapterResult, printReport } from './demo/report.ts';
import { sendTraffic } from './demo/traffic.ts';

const REQUESTS_PER_CHAPTER = 1000;
/** A deadline is wall time: on a machine that is busy with something else, 50 ms are no plugin's fault. */
const DEMO_LIMITS = { deadlineMs: 1000 };

interface Stage {
  readonly host: PluginHost;
  readonly registry: Registry;
  readonly upstreams: readonly DemoUpstream[];
  readonly balancer: Balancer;
}

const main = async (): Promise<boolean> => {
  const warnings: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) });
  const registry = new Registry();
  const host = createPluginHost({ functions: loadBalancerFunctions, logger, registry, limits: DEMO_LIMITS });
  const upstreams = await startDemoUpstreams();
  const plugins = inEveryRole(await loadHealthyPlugin(host));
  const balancer = await startBalancer({ upstreams, plugins, logger, registry });
  const results: ChapterResult[] = [];
  for (const chapter of await writeChapters()) {
    results.push(await play({ host, registry, upstreams, balancer }, chapter));
  }
  await balancer.close();
  await host.close();
  await Promise.all(upstreams.map(async (upstream) => await upstream.close()));
  process.stderr.write('\n');
  return printReport(results, warnings.length);
};

/** Plays one chapter on the healthy chain, and leaves the chain healthy. */
const play = async (stage: Stage, chapter: Chapter): Promise<ChapterResult> => {
  const { balancer, registry, upstreams } = stage;
  const loaded =
    chapter.plugin === undefined ? undefined : await load(stage.host, chapter.name, chapter.plugin);
  const broken = typeof loaded === 'object' ? loaded : undefined;
  const role = chapter.plugin?.role ?? 'observer';
  const healthy = balancer.plugins()[role];
  if (broken !== undefined) await balancer.usePlugin(role, broken);

  const fallbacksBefore = await readFallbacks(registry);
  const seenBefore = upstreams.map(({ seen }) => seen());
  const replacing = chapter.isReplacing === true ? startReplacing(stage) : undefined;
  const path = chapter.asksForError === true ? '/error' : '/v1/messages';
  const traffic = await sendTraffic(balancer.origin, path, REQUESTS_PER_CHAPTER, (done) => {
    const text = `${chapter.name}: ${done} of ${REQUESTS_PER_CHAPTER} requests`;
    showProgress(text, done === REQUESTS_PER_CHAPTER);
  });
  const replacements = (await replacing?.end()) ?? 0;
  const seen = new Map(upstreams.map(({ name, seen: now }, at) => [name, now() - (seenBefore[at] ?? 0)]));
  const fallbacks = await readFallbacks(registry, undefined, fallbacksBefore);

  if (broken !== undefined) await balancer.usePlugin(role, healthy);
  await broken?.close();
  const refused = typeof loaded === 'string' ? loaded : undefined;
  return { chapter, traffic, seen, fallbacks, refused, replacements };
};

/** Loads a chapter's plugin; the reason if it is refused. */
const load = async (host: PluginHost, name: string, plugin: ChapterPlugin): Promise<Plugin | string> => {
  try {
    return await host.load(plugin.source, { ...plugin.loadOptions, name });
  } catch (error) {
    if (error instanceof PluginLoadError) return `${error.stage}/${error.code}`;
    throw error;
  }
};

/** Puts a fresh plugin in every role and closes the former, as often as it goes, until it is ended. */
const startReplacing = ({ host, balancer }: Stage) => {
  let isOver = false;
  const replace = async (): Promise<number> => {
    let count = 0;
    while (!isOver) {
      count += 1;
      const former = balancer.plugins().signer;
      const next = await loadHealthyPlugin(host, `healthy-${count}`);
      await Promise.all(ROLES.map(async (role) => await balancer.usePlugin(role, next)));
      await former?.close();
    }
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

process.exitCode = (await main()) ? 0 : 1;
