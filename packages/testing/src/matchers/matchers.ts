import { toBeOk } from './to-be-ok.ts';
import { toFallBack } from './to-fall-back.ts';
import { toStayWithin } from './to-stay-within.ts';

/**
 * The matchers, for `expect.extend(matchers)`. `import '@plugwire/testing/vitest'` in a setup file does the same and also adds their types.
 */
export const matchers = { toBeOk, toFallBack, toStayWithin } as const;
