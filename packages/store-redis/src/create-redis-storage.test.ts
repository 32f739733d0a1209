import { randomUUID } from 'node:crypto';

import { describeStorage } from '@plugwire/testing/storage';
import { afterAll, beforeAll, describe } from 'vitest';

import { createRedisStorage } from './create-redis-storage.ts';
import { findRedisServer } from './testing/find-redis-server.ts';
import { startRedisServer, type RedisServer } from './testing/start-redis-server.ts';

describe.skipIf(findRedisServer() === undefined)('with a real server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server.end());

  describeStorage('on Redis', {
    create: async (options) => {
      const storage = createRedisStorage({
        ...options,
        url: server.url,
        prefix: randomUUID(),
        // Short, since the bytes of an expired key come back a lease later.
        leaseMs: 2000,
        heartbeatMs: 100,
      });
      return { storage, end: storage.close };
    },
  });
});
