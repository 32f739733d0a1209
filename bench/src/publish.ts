/**
 * `npm run bench:publish`: writes the figures of bench/results/node20.json to the README, the docs and the picture.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs';

import { PUBLISHED, RESULTS_FILE } from './report/published-figures.ts';
import { readResults } from './report/report-json.ts';

const atRoot = (file: string): URL => new URL(`../../${file}`, import.meta.url);

const results = readResults(atRoot(RESULTS_FILE));
for (const { file, write } of PUBLISHED) {
  const page = file.endsWith('.md') ? readFileSync(atRoot(file), 'utf8') : '';
  writeFileSync(atRoot(file), write(results, page));
}
