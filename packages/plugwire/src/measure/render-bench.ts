import { axisOf, plotDistribution } from '../output/plot.ts';
import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';
import { layTable, wrapText } from '../output/table.ts';
import { showBytes, showChange, showCount, showMs } from '../output/units.ts';
import { type BenchResult, type FunctionResult, percentile } from './bench-result.ts';

const PERCENTILES = [50, 90, 99] as const;
const HEADER = ['', ...PERCENTILES.map((percent) => `p${percent}`), 'max', 'fuel', 'memory', 'calls'];
const ALIGNMENTS = ['left', ...HEADER.slice(1).map(() => 'right' as const)] as const;

/** Renders a result as text: percentiles, fuel, memory and a plot for each function, compared with another result if one is given. */
export const renderBench = (
  result: BenchResult,
  against: BenchResult | undefined,
  style: Style,
  columns: number,
): string[] => [
  style.bold(against === undefined ? result.file : `${result.file}, against ${against.file}`),
  ...result.functions.flatMap((now) => {
    const then = against?.functions.find(({ name }) => name === now.name);
    return ['', `${style.bold(now.name)} ${now.version}`].concat(renderFunction(now, then, style, columns));
  }),
  ...result.skipped.flatMap(({ name, stage, code, message }) =>
    ['', `${style.yellow('not measured')} ${style.bold(name)}: ${stage}/${code}`].concat(
      wrapText(plainText(message), columns, '  '),
      '  Only successful calls are measured. Pass a valid request with --request.',
    ),
  ),
];

const renderFunction = (
  now: FunctionResult,
  then: FunctionResult | undefined,
  style: Style,
  columns: number,
): string[] => {
  const rows =
    then === undefined
      ? [rowOf('', now)]
      : [rowOf('before', then), rowOf('now', now), changeRow(then, now, style)];
  const shown = then === undefined ? [now] : [then, now];
  const axis = axisOf(shown.map(({ quantilesUs }) => quantilesUs));
  const ends = [showMs(axis.from / 1000), showMs(axis.to / 1000)] as const;
  const width = Math.max(20, Math.min(60, columns - 26));
  return [
    ...layTable([HEADER.map((text) => style.dim(text)), ...rows], ALIGNMENTS),
    ...shown.map(
      ({ quantilesUs }, at) =>
        `${(then === undefined ? '' : (['before', 'now'][at] ?? '')).padEnd(7)}${ends[0].padStart(9)} ${style.cyan(plotDistribution(quantilesUs, axis, width))} ${ends[1]}`,
    ),
  ].map((line) => `  ${line}`);
};

const rowOf = (label: string, { fuel, memoryBytes, calls, ...times }: FunctionResult): string[] => [
  label,
  ...[...PERCENTILES, 100].map((percent) => showMs(percentile(times, percent) / 1000)),
  showCount(fuel),
  showBytes(memoryBytes),
  showCount(calls),
];

const changeRow = (then: FunctionResult, now: FunctionResult, style: Style): string[] => {
  const paint = (from: number, to: number): string => {
    const text = showChange(from, to);
    return to > 1.05 * from ? style.red(text) : to < 0.95 * from ? style.green(text) : text;
  };
  return [
    'change',
    ...[...PERCENTILES, 100].map((percent) => paint(percentile(then, percent), percentile(now, percent))),
    paint(then.fuel, now.fuel),
    paint(then.memoryBytes, now.memoryBytes),
    '',
  ];
};
