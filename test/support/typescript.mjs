/**
 * Lets tests start TypeScript scripts on Node 20, which does not support TypeScript.
 *
 * @module
 */
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
