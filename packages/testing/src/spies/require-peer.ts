import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * Loads an optional peer dependency when it is first used, so that only tests that use the spies need to install it.
 *
 * Throws an `Error` that says what to install.
 */
export const requirePeer = (name: 'pino' | 'prom-client', usedBy: string): unknown => {
  try {
    return require(name);
  } catch (cause) {
    throw new Error(`${usedBy} needs ${name}, which cannot be loaded: npm install --save-dev ${name}`, {
      cause,
    });
  }
};
