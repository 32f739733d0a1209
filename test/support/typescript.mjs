/**
 * Lets tests start TypeScript scripts on Node 20, which does not support TypeScript.
 *
 * @module
 */
import module from 'node:module';

// Node 26 prints a warning that `register` is deprecated. Node 20 has no `registerHooks`.
if (module.registerHooks === undefined) module.register('./typescript-hooks.mjs', import.meta.url);
else module.registerHooks({ load: (await import('./typescript-hooks.mjs')).loadSync });
