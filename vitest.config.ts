import { defaultServerConditions } from 'vite';
import { defineConfig } from 'vitest/config';

// `module` is for bundlers: Node, which imports what is not ours, does not know it.
const conditions = ['@plugwire/source', ...defaultServerConditions.filter((name) => name !== 'module')];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    globals: false,
    pool: 'forks',
    server: { deps: { inline: 'Bun' in globalThis ? [/zod/] : [] } },
    execArgv: ['--import', new URL('./test/support/typescript-in-threads.mjs', import.meta.url).href],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    include: ['packages/**/src/**/*.test.ts', 'examples/**/src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    globalSetup: ['test/support/announce-skipped-tests.ts'],
    setupFiles: ['test/support/fail-on-output.ts'],
    typecheck: {
      include: ['packages/**/src/**/*.test-d.ts'],
      tsconfig: 'tsconfig.test.json',
    },
    coverage: {
      include: ['packages/*/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.test-d.ts'],
    },
  },
});
