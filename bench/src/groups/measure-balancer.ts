import autocannon from 'autocannon';

import { ROLES } from '../load-balancer.ts';
import { EFFORTS, quantile, quotientOfRounds } from '../measure.ts';
import type { BalancerResult } from '../results.ts';
import { type StartedProcess, startProcess } from '../start-process.ts';
import type { MeasureGroup } from './group.ts';

/** From no plugins to the full chain. The report uses the first and the last. */
const VARIANTS: readonly { readonly plugins: string; readonly roles: readonly string[] }[] = [
  { plugins: 'none', roles: [] },
  { plugins: 'one: shape', roles: ['shape'] },
  { plugins: `the full chain: ${ROLES.join(', ')}`, roles: ROLES },
];

/** The engine compiles hot code during the first 20,000 requests. Until then, throughput still rises. */
const RUNS = {
  full: { rounds: 9, seconds: 3, warmUpRequests: 25_000 },
  quick: { rounds: 1, seconds: 1, warmUpRequests: 500 },
} as const;
const CONNECTIONS = 16;
const BODY = JSON.stringify({ model: 'any', messages: [{ role: 'user', content: 'x'.repeat(1024) }] });

/** A process that serves. Its first message is its origin. */
type Server = StartedProcess<string>;

const start = async (script: string, args: readonly string[]): Promise<Server> =>
  await startProcess<string>(new URL(script, import.meta.url), args);

/** Sends load to a balancer in front of an upstream, each in a separate process. The variants alternate. */
export const measureBalancer: MeasureGroup<'balancer'> = async (effort, progress) => {
  const { rounds, seconds, warmUpRequests } = effort === EFFORTS.quick ? RUNS.quick : RUNS.full;
  const upstream = await start('serve-upstream.js', []);
  const variants: (Server & { readonly plugins: string; readonly runs: autocannon.Result[] })[] = [];
  try {
    for (const { plugins, roles } of VARIANTS) {
      variants.push({
        plugins,
        runs: [],
        ...(await start('serve-balancer.js', [upstream.message, ...roles])),
      });
    }
    for (const { message, plugins } of variants) {
      progress(`warming up: ${plugins}`);
      await load(message, { amount: warmUpRequests });
    }
    for (let round = 0; round < rounds; round += 1) {
      progress(`round ${round + 1} of ${rounds}`);
      for (const { message, runs } of variants) runs.push(await load(message, { duration: seconds }));
    }
    const [none] = variants;
    return variants.map(({ plugins, runs }) => summarise(plugins, runs, none?.runs ?? []));
  } finally {
    for (const server of [...variants, upstream]) await server.stop();
  }
};

const load = async (
  url: string,
  until: { readonly amount: number } | { readonly duration: number },
): Promise<autocannon.Result> => {
  const result = await autocannon({
    url: `${url}/v1/messages`,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: BODY,
    connections: CONNECTIONS,
    ...until,
  });
  if (result.non2xx + result.errors > 0) {
    throw new Error(`${result.non2xx} requests failed and ${result.errors} were not answered`);
  }
  return result;
};

const summarise = (
  plugins: string,
  runs: readonly autocannon.Result[],
  withNone: readonly autocannon.Result[],
): BalancerResult => {
  const median = (read: (run: autocannon.Result) => number): number => quantile(runs.map(read), 0.5);
  const throughput = ({ requests }: autocannon.Result): number => requests.average;
  return {
    plugins,
    requestsPerSecond: median(throughput),
    shareOfNone: quotientOfRounds(runs.map(throughput), withNone.map(throughput)),
    medianMs: median((run) => run.latency.p50),
    p99Ms: median((run) => run.latency.p99),
  };
};
