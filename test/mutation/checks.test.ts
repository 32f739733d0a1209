import { existsSync, readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { CHECKS } from './checks.mjs';

const root = new URL('../../', import.meta.url);

// `npm run mutate` takes these out; a place that was rewritten must be found here, and not only in a run of many minutes.
describe.each(CHECKS)('$rule', ({ file, find, replace, tests }) => {
  it('stands in one place, and its removal is a change', () => {
    expect(readFileSync(new URL(file, root), 'utf8').split(find)).toHaveLength(2);
    expect(replace).not.toBe(find);
  });

  it('has tests', () => {
    for (const each of tests) expect(existsSync(new URL(each, root))).toBe(true);
  });
});
