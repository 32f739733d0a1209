import { existsSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { CHECKS } from './checks.mjs';

const root = new URL('../../', import.meta.url);

// `npm run mutate` removes these checks, which takes many minutes. This test finds changed places quickly.
describe.each(CHECKS)('$rule', ({ file, find, replace, tests }) => {
  it('matches exactly one place, and its removal changes the file', () => {
    expect(readFileSync(new URL(file, root), 'utf8').split(find)).toHaveLength(2);
    expect(replace).not.toBe(find);
  });

  it('has tests', () => {
    for (const each of tests) expect(existsSync(new URL(each, root))).toBe(true);
  });
});
