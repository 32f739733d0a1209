import { Agent } from 'undici';

import { PLAIN_ERROR, SHAPED_BY } from './demo-upstreams.ts';

/** What clients received. */
export interface Traffic {
  readonly sent: number;
  readonly statuses: ReadonlyMap<string, number>;
  readonly upstreams: ReadonlyMap<string, number>;
  /** The kinds of error bodies: `plain`, `normalised`, or `balancer`. */
  readonly errorBodies: ReadonlyMap<string, number>;
  /** The number of requests by the version of the plugin, if the response names it. */
  readonly versions: ReadonlyMap<string, number>;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** The number of concurrent requests. */
export const CLIENTS = 16;
/** The number of requests between two progress reports. */
const PROGRESS_EVERY = 50;

/** The options of {@link sendTraffic}. */
export interface TrafficOptions {
  /** Returns whether to stop sending requests. */
  isEnough(started: number): boolean;
  /** Called after every few requests. */
  onProgress?(done: number): void;
  /** Called for each response, with the number of its request, from 1. */
  onAnswer?(status: number, request: number): void;
}

/** Sends concurrent requests over real connections. Rejects if a request gets no response. */
export const sendTraffic = async (
  origin: string,
  path: string,
  { isEnough, onProgress, onAnswer }: TrafficOptions,
): Promise<Traffic> => {
  const agent = new Agent({ connections: CLIENTS });
  const statuses = new Map<string, number>();
  const upstreams = new Map<string, number>();
  const errorBodies = new Map<string, number>();
  const versions = new Map<string, number>();
  const tookMs: number[] = [];
  let started = 0;

  const client = async (): Promise<void> => {
    while (!isEnough(started)) {
      started += 1;
      const request = started;
      const startMs = performance.now();
      const reply = await agent.request({
        origin,
        path: `${path}?turn=${request}`,
        method: 'POST',
        headers: { authorization: 'Bearer a-secret' },
        body: JSON.stringify({ prompt: 'hello' }),
      });
      const body = await reply.body.text();
      tookMs.push(performance.now() - startMs);
      add(statuses, String(reply.statusCode));
      const { 'x-upstream': name, [SHAPED_BY]: version } = reply.headers;
      if (typeof name === 'string') add(upstreams, name);
      if (typeof version === 'string') add(versions, version);
      if (reply.statusCode >= 400) add(errorBodies, kindOf(body));
      onAnswer?.(reply.statusCode, request);
      if (tookMs.length % PROGRESS_EVERY === 0) onProgress?.(tookMs.length);
    }
  };

  await Promise.all(Array.from({ length: CLIENTS }, client));
  await agent.close();
  tookMs.sort((one, other) => one - other);
  const share = (part: number): number => tookMs[Math.floor(part * (tookMs.length - 1))] ?? 0;
  const sent = tookMs.length;
  return { sent, statuses, upstreams, errorBodies, versions, p50Ms: share(0.5), p99Ms: share(0.99) };
};

const kindOf = (body: string): string => {
  if (body === PLAIN_ERROR) return 'plain';
  return body.includes('request_id') ? 'balancer' : 'normalised';
};

const add = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};
