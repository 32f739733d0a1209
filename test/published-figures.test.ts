import { readFileSync } from 'node:fs';

import { describe, expect, it } from 'vitest';

import { PUBLISHED, RESULTS_FILE } from '../bench/src/report/published-figures.ts';
import { readResults } from '../bench/src/report/report-json.ts';
import { GROUPS } from '../bench/src/results.ts';

const atRoot = (file: string): URL => new URL(`../${file}`, import.meta.url);

describe('the run with the published figures', () => {
  const results = readResults(atRoot(RESULTS_FILE));

  it('is complete, has every group, and ran on the Node version in its name', () => {
    expect(Object.keys(results)).toEqual(['machine', ...GROUPS]);
    expect(results.machine).toMatchObject({ full: true, node: expect.stringMatching(/^20\./) });
  });

  it.each(PUBLISHED)(
    'has the figures that $file shows (npm run bench:publish updates it)',
    ({ file, write }) => {
      const page = readFileSync(atRoot(file), 'utf8');
      expect(page).toBe(write(results, page));
    },
  );
});
