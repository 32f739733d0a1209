import { findRedisServer } from '../../packages/store-redis/src/testing/find-redis-server.ts';
import { hasPromtool } from './promtool.ts';

/** Says once, before the tests, which of them this machine cannot run, and what would change that. */
export const setup = (): void => {
  if (findRedisServer() === undefined)
    console.warn(
      'no redis-server or valkey-server found: tests of the shared store are skipped (apt-get install redis-server)',
    );
  if (!hasPromtool())
    console.warn('no promtool found: tests of the alert rules are skipped (apt-get install prometheus)');
};
