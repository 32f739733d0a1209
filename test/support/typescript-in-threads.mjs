/**
 * Lets threads that a test starts load TypeScript. `vitest.config.ts` passes this file to the test processes with `--import`, and their threads
 * inherit it.
 *
 * @module
 */
import { isMainThread } from 'node:worker_threads';

// In the main thread vitest does this.
if (!isMainThread) await import('./typescript.mjs');
