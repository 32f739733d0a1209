import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { PUBLISHED, RESULTS_FILE } from '../bench/src/report/published-figures.ts';
import { readResults } from '../bench/src/report/report-json.ts';
import { GROUPS } from '../bench/src/results.ts';

const atRoot = (file: string): URL => new URL(`../${file}`, import.meta.url);

describe('the run whose figures are published', () => {
  const results = readResults(atRoot(RESULTS_FILE));

  it('is of a full run with every group, on the Node that its name says', () => {
    expect(Object.keys(results)).toEqual(['machine', ...GROUPS]);
    expect(results.machine).toMatchObject({ full: true, node: expect.stringMatching(/^20\./) });
  });

  it.each(PUBLISHED)('is what $file shows: npm run bench:publish writes it anew', ({ file, write }) => {
    const page = readFileSync(atRoot(file), 'utf8');
    expect(page).toBe(write(results, page));
  });
});
