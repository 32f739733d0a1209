import type { Box } from './draw-panel.ts';
import type { RecordedSeries, Recording } from './recording.ts';

/** Number of lines that can be distinguished. If there are more, the highest are drawn, and the legend has the number of the others. */
const MOST_LINES = 6;
const AXIS = 46;
const LEGEND_LINE = 13;

/** Draws series over time, from 0 to the highest value, with a mark for each operation. */
export const drawLines = (
  unit: string,
  { seconds, stepSeconds, operations }: Recording,
  series: readonly RecordedSeries[],
  { x, y, width, height }: Box,
): string => {
  // Lines at 0 hide the axis. They are drawn only if there are no others.
  const seen = series.filter((each) => topOf(each) > 0);
  const highest = (seen.length === 0 ? series : seen)
    .toSorted((one, other) => topOf(other) - topOf(one))
    .slice(0, MOST_LINES)
    .toSorted((one, other) => series.indexOf(one) - series.indexOf(other));
  const left = series.length - highest.length;
  const perLine = width > 400 ? 2 : 1;
  const legendLines = Math.ceil((highest.length + (left > 0 ? 1 : 0)) / perLine);
  const bottom = y + height - legendLines * LEGEND_LINE - 16;
  const most = Math.max(...highest.map(topOf)) || 1;
  const toX = (second: number): number => x + AXIS + (second / seconds) * (width - AXIS);
  const toY = (value: number): number => bottom - (value / most) * (bottom - y);
  const ticks = [0, 0.5, 1].map((part) => {
    const at = toY(part * most).toFixed(1);
    return `<line class="grid" x1="${x + AXIS}" y1="${at}" x2="${x + width}" y2="${at}"/><text class="tick end" x="${x + AXIS - 5}" y="${Number(at) + 3}">${format(part * most, unit)}</text>`;
  });
  const marks = operations.map(({ atSeconds }) => {
    const at = toX(atSeconds).toFixed(1);
    return `<line class="mark" x1="${at}" y1="${y}" x2="${at}" y2="${bottom}"/>`;
  });
  const times = [0, seconds].map(
    (second) =>
      `<text class="tick ${second === 0 ? '' : 'end'}" x="${toX(second)}" y="${bottom + 11}">${second} s</text>`,
  );
  const lines = highest.map(({ values }, at) =>
    findPieces(values).map(
      (piece) =>
        `<polyline class="c${at}" points="${piece.map(([step, value]) => `${toX(step * stepSeconds).toFixed(1)},${toY(value).toFixed(1)}`).join(' ')}"/>`,
    ),
  );
  const names = [...highest.map(({ name }) => name), ...(left > 0 ? [`and ${left} lower or 0`] : [])];
  const legend = names.map((name, at) => {
    const nameX = x + (at % perLine) * (width / perLine);
    const nameY = bottom + 27 + Math.floor(at / perLine) * LEGEND_LINE;
    const mark =
      at < highest.length ? `<rect class="c${at}" x="${nameX}" y="${nameY - 7}" width="8" height="3"/>` : '';
    return `${mark}<text class="small" x="${nameX + 12}" y="${nameY - 2}">${name.trim()}</text>`;
  });
  return [...ticks, ...marks, ...times, ...lines.flat(), ...legend].join('');
};

const topOf = ({ values }: RecordedSeries): number => Math.max(0, ...values.map((value) => value ?? 0));

/** Splits the values at gaps. Each value comes with its step. */
const findPieces = (values: readonly (number | null)[]): (readonly [step: number, value: number])[][] => {
  const pieces: (readonly [number, number])[][] = [[]];
  for (const [step, value] of values.entries()) {
    if (value !== null) pieces.at(-1)?.push([step, value]);
    else if (pieces.at(-1)?.length !== 0) pieces.push([]);
  }
  return pieces.filter((piece) => piece.length > 0);
};

const SUFFIXES = [
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** Formats a value like Grafana, for the units of this dashboard. */
const format = (value: number, unit: string): string => {
  if (unit === 'percentunit') return `${digits(value * 100)} %`;
  if (unit === 's') return value < 0.001 ? `${digits(value * 1e6)} µs` : `${digits(value * 1000)} ms`;
  if (unit === 'bytes') return `${digits(value / 1024)} KiB`;
  const [size, suffix] = SUFFIXES.find(([least]) => value >= least) ?? [1, ''];
  return `${digits(value / size)}${suffix}${unit === 'ops' ? '/s' : ''}`;
};

const digits = (value: number): string => String(Number(value.toPrecision(3)));
