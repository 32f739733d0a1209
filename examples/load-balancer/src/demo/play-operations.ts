import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Logger } from 'pino';
import { Registry } from 'prom-client';

import { openService } from '../service/open-service.ts';
import type { DemoUpstream } from './demo-upstreams.ts';
import { type Operation, type OperatorDesk, OPERATIONS, writeOperations } from './operations.ts';
import { DEMO_LIMITS } from './play-chapters.ts';
import { showProgress } from './progress.ts';
import { type Fallbacks, readFallbacks } from './read-fallbacks.ts';
import { sendTraffic, type Traffic } from './traffic.ts';

/** What happened while an operator did something. */
export interface OperationResult {
  readonly operation: Operation;
  readonly rows: readonly (readonly [key: string, value: string])[];
  readonly traffic: Traffic;
  /** Answers, by status, to what was asked when it was done. */
  readonly after: ReadonlyMap<string, number>;
  readonly fallbacks: Fallbacks;
}

/** Requests before the operator does something, and after it is done. */
const REQUESTS_AROUND = 500;

/** Opens a balancer as `npm start` does, lets an operator do one thing after another under load, and tells what came of it. */
export const playOperations = async (
  upstreams: readonly DemoUpstream[],
  logger: Logger,
): Promise<readonly OperationResult[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'plugwire-demo-'));
  const registry = new Registry();
  const config = await writeOperations(folder);
  const service = await openService({ config, upstreams, logger, registry, pluginLimits: DEMO_LIMITS });
  const desk = createDesk(folder, config, service.admin.origin);
  const results: OperationResult[] = [];
  for (const operation of OPERATIONS) {
    results.push(await play(operation, desk, service.balancer.origin, registry));
  }
  await service.close();
  await rm(folder, { recursive: true });
  return results;
};

const play = async (
  operation: Operation,
  desk: OperatorDesk,
  origin: string,
  registry: Registry,
): Promise<OperationResult> => {
  const { name } = operation;
  const fallbacksBefore = await readFallbacks(registry);
  const after = new Map<string, number>();
  let acting: ReturnType<Operation['act']> | undefined;
  let doneAt: number | undefined;
  let isFailed = false;
  let started = 0;
  const traffic = await sendTraffic(origin, '/v1/messages', {
    isEnough: (count) => {
      started = count;
      if (count >= REQUESTS_AROUND && acting === undefined) {
        acting = operation.act(desk);
        acting.then(
          () => (doneAt = started),
          () => (isFailed = true),
        );
      }
      return isFailed || (doneAt !== undefined && count >= doneAt + REQUESTS_AROUND);
    },
    onAnswer: (status, request) => {
      if (doneAt !== undefined && request > doneAt)
        after.set(String(status), (after.get(String(status)) ?? 0) + 1);
    },
    onProgress: (done) => showProgress(`${name}: ${done} requests`, false),
  });
  showProgress(`${name}: ${traffic.sent} requests`, true);
  const fallbacks = await readFallbacks(registry, undefined, fallbacksBefore);
  return { operation, rows: (await acting) ?? [], traffic, after, fallbacks };
};

const createDesk = (folder: string, file: string, admin: string): OperatorDesk => {
  const ask = async (path: string, init: RequestInit): Promise<string> => {
    const answer = await fetch(`${admin}${path}`, init);
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return text;
  };
  return {
    folder,
    file,
    get: async (path) => await ask(path, {}),
    post: async (path, body = {}) => await ask(path, { method: 'POST', body: JSON.stringify(body) }),
  };
};
