/**
 * Lets a script that a test starts be TypeScript on Node 20, which does not read it by itself.
 *
 * @module
 */
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);
