/**
 * Lets a thread that a test starts load TypeScript, as vitest lets the test itself. Given to the processes of the tests by
 * `--import` (vitest.config.ts), and so to their threads.
 *
 * @module
 */
import { register } from 'node:module';
import { isMainThread } from 'node:worker_threads';

// The main thread has vitest for that.
if (!isMainThread) register('./typescript-hooks.mjs', import.meta.url);
