import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { closeServer, listen } from '@plugwire/example-shared/listen';

/** One series in a response of Prometheus. */
interface PrometheusSeries {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds since 1970, and the value. */
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

export interface Prometheus {
  query(expression: string, range: QueryRange): Promise<readonly PrometheusSeries[]>;
  close(): Promise<void>;
}

export interface QueryRange {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly stepSeconds: number;
}

/** Starts a Prometheus server that scrapes one host every second. Rejects if `prometheus` is not installed, or ends. */
export const startPrometheus = async (target: string): Promise<Prometheus> => {
  const folder = await mkdtemp(join(tmpdir(), 'plugwire-prometheus-'));
  const config = join(folder, 'prometheus.yml');
  const scrape = {
    job_name: 'balancer',
    scrape_interval: '1s',
    static_configs: [{ targets: [new URL(target).host], labels: { instance: 'balancer' } }],
  };
  // JSON is valid YAML.
  await writeFile(config, JSON.stringify({ scrape_configs: [scrape] }));
  const origin = await findFreeOrigin();
  const { host } = new URL(origin);
  const child = spawn(
    'prometheus',
    [
      `--config.file=${config}`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${host}`,
      '--log.level=error',
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  const ended = once(child, 'exit');
  await once(child, 'spawn');
  await untilReady(origin, () => child.exitCode === null);
  return {
    query: async (expression, { startSeconds, endSeconds, stepSeconds }) => {
      const body = new URLSearchParams({
        query: expression,
        start: String(startSeconds),
        end: String(endSeconds),
        step: String(stepSeconds),
      });
      const answer = await fetch(`${origin}/api/v1/query_range`, { method: 'POST', body });
      const { status, error, data } = (await answer.json()) as QueryAnswer;
      if (status !== 'success') throw new Error(`Prometheus refused ${expression}: ${error}`);
      return data.result;
    },
    close: async () => {
      child.kill();
      await ended;
      await rm(folder, { recursive: true });
    },
  };
};

interface QueryAnswer {
  readonly status: string;
  readonly error: string;
  readonly data: { readonly result: readonly PrometheusSeries[] };
}

const findFreeOrigin = async (): Promise<string> => {
  const server = createServer();
  const origin = await listen(server);
  await closeServer(server, 0);
  return origin;
};

const untilReady = async (origin: string, isRunning: () => boolean): Promise<void> => {
  while (isRunning()) {
    const answer = await fetch(`${origin}/-/ready`).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
  }
  throw new Error('prometheus ended before it was ready: see its output above.');
};
