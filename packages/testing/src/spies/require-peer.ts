import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * An optional peer, loaded where it is used and not before: who needs no spies need not install it.
 *
 * Throws if it is not installed, naming what to install.
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
