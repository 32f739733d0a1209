import { Agent } from 'undici';

import { PLAIN_ERROR, SHAPED_BY } from './demo-upstreams.ts';

/** What clients saw. */
export interface Traffic {
  readonly sent: number;
  readonly statuses: ReadonlyMap<string, number>;
  readonly upstreams: ReadonlyMap<string, number>;
  /** What errors read like: `plain`, `normalised`, or the balancer's own. */
  readonly errorBodies: ReadonlyMap<string, number>;
  /** Which version of a plugin had the requests, where it says so. */
  readonly versions: ReadonlyMap<string, number>;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** How many requests are under way at once. */
export const CLIENTS = 16;
/** So often a progress line is worth its ink. */
const PROGRESS_EVERY = 50;

/** How traffic goes on, and whom it tells. */
export interface TrafficOptions {
  /** Whether no more requests are to be started. */
  isEnough(started: number): boolean;
  /** Told after some requests. */
  onProgress?(done: number): void;
  /** Told of each answer, and which request it was, from 1. */
  onAnswer?(status: number, request: number): void;
}

/** Sends requests over real connections, several at a time. Rejects if one gets no response. */
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
