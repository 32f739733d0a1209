import { findRedisServer } from '../../packages/store-redis/src/testing/find-redis-server.ts';

/** Says once, before the tests, which of them this machine cannot run, and what would change that. */
export const setup = (): void => {
  if (findRedisServer() !== undefined) return;
  console.warn(
    'no redis-server or valkey-server found: tests of the shared store are skipped (apt-get install redis-server)',
  );
};
