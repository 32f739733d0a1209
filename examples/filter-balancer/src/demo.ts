/**
 * `npm run demo`: a balancer in front of two real servers, whose filter is a plugin; then the plugin is replaced by broken
 * ones while traffic goes on. Prints what happened, and exits with 1 if it is not what was promised.
 */
import { createServer } from 'node:http';

import { buildPlugin } from '@plugwire/pdk-fixtures';
import { createPluginHost, PluginLoadError, type Plugin, type PluginHost } from '@plugwire/runtime';
import { pino } from 'pino';
import { Registry } from 'prom-client';

import { closeServer, filter, listen, startBalancer, type Balancer, type Upstream } from './balancer.ts';
import { chapters, type Chapter } from './chapters.ts';
import { dispatchCounts, refusalCount } from './read-metrics.ts';
import { printTable, type Row } from './report.ts';
import { sendTraffic } from './traffic.ts';

const REQUESTS_PER_CHAPTER = 500;
const BLUE = '00000000-0000-4000-8000-00000000b10e';
const GREEN = '00000000-0000-4000-8000-0000000019ee';

const startUpstream = async (id: string, name: string) => {
  const server = createServer((_, reply) => reply.end(`hello from ${name}\n`));
  const upstream: Upstream = { id, name, origin: await listen(server) };
  return { upstream, close: async () => await closeServer(server) };
};

/** Loads a chapter's plugin; the code of the refusal if it is refused. */
const load = async (host: PluginHost, { name, plugin }: Chapter): Promise<Plugin | string> => {
  try {
    return await host.load(await buildPlugin(plugin), { name });
  } catch (error) {
    if (error instanceof PluginLoadError) return `${error.stage}/${error.code}`;
    throw error;
  }
};

/** One line that is written over; where that is not possible, only its last state. */
const showProgress = (text: string, isLast: boolean): void => {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001B[K${text}${isLast ? '\n' : ''}`);
  else if (isLast) process.stderr.write(`${text}\n`);
};

const main = async (): Promise<boolean> => {
  const warnings: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line) => void warnings.push(line) });
  const registry = new Registry();
  const host = createPluginHost({ functions: [filter], logger, registry });
  const blue = await startUpstream(BLUE, 'blue');
  const green = await startUpstream(GREEN, 'green');
  const rows: Row[] = [];
  let serving: Plugin | undefined;
  let balancer: Balancer | undefined;

  for (const chapter of chapters(BLUE)) {
    const loaded = await load(host, chapter);
    if (typeof loaded !== 'string') {
      const replaced = serving;
      serving = loaded;
      balancer ??= await startBalancer([blue.upstream, green.upstream], serving);
      balancer.usePlugin(serving);
      await replaced?.close();
    }
    if (balancer === undefined || serving === undefined) throw new Error('the first plugin was refused');
    const before = await dispatchCounts(registry, serving.name);
    const traffic = await sendTraffic(balancer.origin, REQUESTS_PER_CHAPTER, (done) => {
      showProgress(
        `${chapter.name}: ${done} of ${REQUESTS_PER_CHAPTER} requests`,
        done === REQUESTS_PER_CHAPTER,
      );
    });
    const counts = await dispatchCounts(registry, serving.name, before);
    const refused = typeof loaded === 'string' ? loaded : undefined;
    rows.push({
      chapter,
      serving: serving.name,
      refused,
      refusals: await refusalCount(registry, refused),
      traffic,
      counts,
    });
  }
  process.stderr.write('\n');
  await balancer?.close();
  await Promise.all([blue.close(), green.close(), host.close()]);
  return printTable(rows, warnings.length);
};

process.exitCode = (await main()) ? 0 : 1;
