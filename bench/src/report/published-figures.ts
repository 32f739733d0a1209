import { type Results, type SubjectName, SUBJECTS } from '../results.ts';
import { drawSvg } from './draw-svg.ts';
import { quotientOf } from '../measure.ts';
import { digits, markdownTable } from './markdown-table.ts';
import { describeMachine, meteringTable, reportTable } from './report-table.ts';
import { mainAt } from './targets.ts';

/** The run whose figures are published. The path is relative to the root of the repository. */
export const RESULTS_FILE = 'bench/results/node20.json';

interface Published {
  readonly file: string;
  /** Returns the content that the file should have. `page` is its current content; a picture does not use it. */
  readonly write: (results: Results, page: string) => string;
}

/** All files with figures of the published run. Paths are relative to the root of the repository. */
export const PUBLISHED: readonly Published[] = [
  { file: 'README.md', write: (results, page) => between(page, readmeFigures(results)) },
  { file: 'docs/benchmarks.md', write: (results, page) => between(page, reportTable(results)) },
  {
    file: 'docs/metering.md',
    write: (results, page) =>
      between(
        page,
        [describeMachine(results.machine), '', ...meteringTable(results.metering ?? [])].join('\n'),
      ),
  },
  { file: 'docs/benchmarks.svg', write: drawSvg },
];

const BEGIN = '<!-- bench:begin -->';
const END = '<!-- bench:end -->';

/** Replaces the text between the markers. Throws if they are missing. */
const between = (page: string, text: string): string => {
  const begin = page.indexOf(BEGIN);
  const end = page.indexOf(END);
  if (begin === -1 || end < begin) throw new Error(`expected ${BEGIN} and ${END}, in this order`);
  return `${page.slice(0, begin + BEGIN.length)}\n${text}\n${page.slice(end)}`;
};

/** The main scenario, with a row for each subject. */
const readmeFigures = (results: Results): string => {
  const [tiny, small, large, huge] = [100, 1024, 16 * 1024, 256 * 1024].map(
    (payload) => mainAt(results, payload)?.times,
  );
  const names = (Object.keys(SUBJECTS) as SubjectName[]).filter((name) => small?.[name] !== undefined);
  const table = markdownTable(
    [
      'median µs',
      '100 B',
      '1 KB',
      '16 KB',
      '256 KB',
      'p99 µs, 1 KB',
      '× floor, 1 KB',
      '× as fast as Extism, 1 KB',
      '× as fast as Extism, 16 KB',
    ],
    names.map((name) => [
      SUBJECTS[name],
      digits(tiny?.[name]?.medianUs),
      digits(small?.[name]?.medianUs),
      digits(large?.[name]?.medianUs),
      digits(huge?.[name]?.medianUs),
      digits(small?.[name]?.p99Us),
      digits(quotientOf(small?.[name], small?.floor)),
      digits(quotientOf(small?.extism, small?.[name])),
      digits(quotientOf(large?.extism, large?.[name])),
    ]),
  );
  return [describeMachine(results.machine), '', ...table].join('\n');
};
