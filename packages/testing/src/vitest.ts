/**
 * Adds the matchers and their types to vitest. Import it in a setup file.
 *
 * @example
 * // vitest.config.ts
 * export default defineConfig({ test: { setupFiles: ['@plugwire/testing/vitest'] } });
 *
 * @module
 */
// The import is kept in the declarations, because they extend those of vitest.
// oxlint-disable-next-line import/no-unassigned-import
import 'vitest';
import { expect } from 'vitest';

import type { PluginMatchers } from './matchers/matcher-types.ts';
import { matchers } from './matchers/matchers.ts';

declare module 'vitest' {
  // oxlint-disable-next-line typescript/no-explicit-any -- the same default as in vitest 3 and 4
  interface Assertion<T = any> extends PluginMatchers<T> {}
  // oxlint-disable-next-line typescript/no-explicit-any -- the subject of an asymmetric matcher is not known
  interface AsymmetricMatchersContaining extends PluginMatchers<any> {}
}

expect.extend(matchers);

export type { PluginMatchers };
