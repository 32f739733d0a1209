/**
 * What a storage of one's own has to pass, as tests for vitest.
 *
 * @module
 */
export { describeStorage, type StorageSuite, type StorageUnderTest } from './storage/describe-storage.ts';
