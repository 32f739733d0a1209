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

/** The result of one operation. */
export interface OperationResult {
  readonly operation: Operation;
  readonly rows: readonly (readonly [key: string, value: string])[];
  readonly traffic: Traffic;
  /** The responses to requests after the operation, counted by status. */
  readonly after: ReadonlyMap<string, number>;
  readonly fallbacks: Fallbacks;
  /** When the operation began, in milliseconds since 1970. */
  readonly beganAtUnixMs: number;
}

export interface PlayOptions {
  /** The number of requests before each operation, and after it. */
  readonly requestsAround?: number;
  /** Called with the origin of the admin server before the first request. */
  readonly onOpen?: (admin: string) => Promise<void>;
  /** Called before the admin server is closed. */
  readonly onClosing?: () => Promise<void>;
  /** Called with the progress of an operation. By default the progress is printed. */
  readonly onProgress?: typeof showProgress;
}

/** Opens a balancer as `npm start` does, runs the operations under load, one after another, and returns their results. */
export const playOperations = async (
  upstreams: readonly DemoUpstream[],
  logger: Logger,
  { requestsAround = 500, onOpen, onClosing, onProgress = showProgress }: PlayOptions = {},
): Promise<readonly OperationResult[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'plugwire-demo-'));
  const registry = new Registry();
  const config = await writeOperations(folder);
  const service = await openService({ config, upstreams, logger, registry, pluginLimits: DEMO_LIMITS });
  const desk = createDesk(folder, config, service.admin.origin);
  await onOpen?.(service.admin.origin);
  const results: OperationResult[] = [];
  for (const operation of OPERATIONS) {
    results.push(
      await play(operation, { desk, origin: service.balancer.origin, registry, requestsAround, onProgress }),
    );
  }
  await onClosing?.();
  await service.close();
  await rm(folder, { recursive: true });
  return results;
};

interface Stage {
  readonly desk: OperatorDesk;
  readonly origin: string;
  readonly registry: Registry;
  readonly requestsAround: number;
  readonly onProgress: typeof showProgress;
}

const play = async (
  operation: Operation,
  { desk, origin, registry, requestsAround, onProgress }: Stage,
): Promise<OperationResult> => {
  const { name } = operation;
  const fallbacksBefore = await readFallbacks(registry);
  const after = new Map<string, number>();
  let acting: ReturnType<Operation['act']> | undefined;
  let doneAt: number | undefined;
  let isFailed = false;
  let started = 0;
  let beganAtUnixMs = 0;
  const traffic = await sendTraffic(origin, '/v1/messages', {
    isEnough: (count) => {
      started = count;
      if (count >= requestsAround && acting === undefined) {
        beganAtUnixMs = Date.now();
        acting = operation.act(desk);
        acting.then(
          () => (doneAt = started),
          () => (isFailed = true),
        );
      }
      return isFailed || (doneAt !== undefined && count >= doneAt + requestsAround);
    },
    onAnswer: (status, request) => {
      if (doneAt !== undefined && request > doneAt)
        after.set(String(status), (after.get(String(status)) ?? 0) + 1);
    },
    onProgress: (done) => onProgress(`${name}: ${done} requests`, false),
  });
  onProgress(`${name}: ${traffic.sent} requests`, true);
  const fallbacks = await readFallbacks(registry, undefined, fallbacksBefore);
  return { operation, rows: (await acting) ?? [], traffic, after, fallbacks, beganAtUnixMs };
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
