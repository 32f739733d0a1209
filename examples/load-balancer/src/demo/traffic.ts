import { Agent } from 'undici';

import { PLAIN_ERROR } from './demo-upstreams.ts';

/** What clients saw. */
export interface Traffic {
  readonly sent: number;
  readonly statuses: ReadonlyMap<string, number>;
  readonly upstreams: ReadonlyMap<string, number>;
  /** What errors read like: `plain`, `normalised`, or the balancer's own. */
  readonly errorBodies: ReadonlyMap<string, number>;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** How many requests are under way at once. */
export const CLIENTS = 16;
/** So often a progress line is worth its ink. */
const PROGRESS_EVERY = 50;

/** Sends requests over real connections, several at a time. Rejects if one gets no response. */
export const sendTraffic = async (
  origin: string,
  path: string,
  total: number,
  onProgress: (done: number) => void,
): Promise<Traffic> => {
  const agent = new Agent({ connections: CLIENTS });
  const statuses = new Map<string, number>();
  const upstreams = new Map<string, number>();
  const errorBodies = new Map<string, number>();
  const tookMs: number[] = [];
  let started = 0;

  const client = async (): Promise<void> => {
    while (started < total) {
      started += 1;
      const startMs = performance.now();
      const reply = await agent.request({
        origin,
        path: `${path}?turn=${started}`,
        method: 'POST',
        headers: { authorization: 'Bearer a-secret' },
        body: JSON.stringify({ prompt: 'hello' }),
      });
      const body = await reply.body.text();
      tookMs.push(performance.now() - startMs);
      add(statuses, String(reply.statusCode));
      const name = reply.headers['x-upstream'];
      if (typeof name === 'string') add(upstreams, name);
      if (reply.statusCode >= 400) add(errorBodies, kindOf(body));
      if (tookMs.length % PROGRESS_EVERY === 0) onProgress(tookMs.length);
    }
  };

  await Promise.all(Array.from({ length: CLIENTS }, client));
  await agent.close();
  tookMs.sort((one, other) => one - other);
  const share = (part: number): number => tookMs[Math.floor(part * (tookMs.length - 1))] ?? 0;
  return { sent: tookMs.length, statuses, upstreams, errorBodies, p50Ms: share(0.5), p99Ms: share(0.99) };
};

const kindOf = (body: string): string => {
  if (body === PLAIN_ERROR) return 'plain';
  return body.includes('request_id') ? 'balancer' : 'normalised';
};

const add = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};
