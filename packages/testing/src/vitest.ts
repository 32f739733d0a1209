/**
 * Installs the matchers into vitest and tells TypeScript of them: for a setup file.
 *
 * @example
 * // vitest.config.ts
 * export default defineConfig({ test: { setupFiles: ['@plugwire/testing/vitest'] } });
 *
 * @module
 */
// It stays in the declarations, where vitest's own have to be read before they are added to.
// oxlint-disable-next-line import/no-unassigned-import
import 'vitest';
import { expect } from 'vitest';

import type { PluginMatchers } from './matchers/matcher-types.ts';
import { matchers } from './matchers/matchers.ts';

declare module 'vitest' {
  // oxlint-disable-next-line typescript/no-explicit-any -- the default is vitest's, of 3 and of 4
  interface Assertion<T = any> extends PluginMatchers<T> {}
  // oxlint-disable-next-line typescript/no-explicit-any -- what an asymmetric matcher will meet is not known
  interface AsymmetricMatchersContaining extends PluginMatchers<any> {}
}

expect.extend(matchers);

export type { PluginMatchers };
