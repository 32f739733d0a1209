import { createRequire } from 'node:module';

/** The installed version of `@plugwire/runtime`. Records of other versions are not used. */
export const RUNTIME_VERSION = (
  createRequire(import.meta.url)('@plugwire/runtime/package.json') as { readonly version: string }
).version;
