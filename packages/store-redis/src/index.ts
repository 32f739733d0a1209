/**
 * Plugin storage on Redis or Valkey, for a fleet of hosts. docs/storage.md says what it guarantees.
 *
 * @module
 */
export {
  createRedisStorage,
  REDIS_STORAGE_DEFAULTS,
  type RedisStorage,
  type RedisStorageHealth,
  type RedisStorageOptions,
} from './create-redis-storage.ts';
export type { RedisConnectionOptions } from './redis-connection.ts';
export { REDIS_STORAGE_CODES, RedisStorageError, type RedisStorageCode } from './redis-storage-error.ts';
export type { ScopeState } from './scope-sync.ts';
