/**
 * The tests that every storage must pass, for vitest.
 *
 * @module
 */
export { describeStorage, type StorageSuite, type StorageUnderTest } from './storage/describe-storage.ts';
