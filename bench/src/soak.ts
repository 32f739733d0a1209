/**
 * `npm run soak:runtime [-- CALLS]`: long runs that report time, memory and what is left behind.
 *
 * @module
 */
import { soakHostilePlugins } from './soak-hostile-plugins.ts';
import { soakOnePlugin } from './soak-one-plugin.ts';

const CALLS = Number(process.argv[2] ?? 200_000);

await soakOnePlugin(CALLS / 2);
await soakHostilePlugins(CALLS);
