import { createRequire } from 'node:module';

/** The version of `@plugwire/runtime` that is installed. Records of another one are not used. */
export const RUNTIME_VERSION = (
  createRequire(import.meta.url)('@plugwire/runtime/package.json') as { readonly version: string }
).version;
