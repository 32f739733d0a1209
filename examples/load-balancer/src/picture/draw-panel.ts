import { drawLines } from './draw-lines.ts';
import type { Panel, RecordedSeries, Recording } from './recording.ts';

/** The position and size of a drawing. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Draws one panel according to its type. */
export const drawPanel = (panel: Panel, recording: Recording, box: Box): string => {
  const series = recording.panels[panel.id] ?? [];
  const inner = { x: box.x + 10, y: box.y + 26, width: box.width - 20, height: box.height - 34 };
  return [
    `<rect class="box" x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="4"/>`,
    `<text class="title" x="${box.x + 10}" y="${box.y + 17}">${panel.title}</text>`,
    drawInside(panel, recording, series, inner),
  ].join('');
};

const drawInside = (
  panel: Panel,
  recording: Recording,
  series: readonly RecordedSeries[],
  box: Box,
): string => {
  if (panel.type === 'stat') return drawStat(series, box);
  if (series.length === 0)
    return `<text class="tick middle" x="${box.x + box.width / 2}" y="${box.y + box.height / 2}">no data in this run</text>`;
  if (panel.type === 'table') return drawTable(series, box);
  if (panel.type === 'state-timeline') return drawTimeline(panel, recording, series, box);
  return drawLines(panel.fieldConfig.defaults.unit, recording, series, box);
};

const lastOf = ({ values }: RecordedSeries): number | null =>
  values.findLast((value) => value !== null) ?? null;

const drawStat = (series: readonly RecordedSeries[], { x, y, width, height }: Box): string =>
  `<text class="big" x="${x + width / 2}" y="${y + height / 2 + 8}">${series.map(lastOf)[0] ?? 0}</text>`;

/** Draws the last values. A table has no time axis. */
const drawTable = (series: readonly RecordedSeries[], { x, y, width }: Box): string => {
  const columns = ['instance', 'plugin', 'version', 'sha256'];
  const shares = [0, 0.16, 0.32, 0.44];
  const rows = series.filter(({ values }) => values.at(-1) !== null);
  const write = (cells: readonly string[], row: number, kind: string): string =>
    cells
      .map((cell, at) => {
        const left = x + width * (shares[at] ?? 0);
        return `<text class="${kind}" x="${left.toFixed(1)}" y="${y + 14 + row * 18}">${cell}</text>`;
      })
      .join('');
  return [
    write(columns, 0, 'tick'),
    ...rows.map(({ labels }, at) =>
      write(
        columns.map((column) => shorten(labels[column] ?? '')),
        at + 1,
        'small',
      ),
    ),
  ].join('');
};

/** Shortens hashes. */
const shorten = (text: string): string => (text.length > 32 ? `${text.slice(0, 32)}…` : text);

const ROW = 16;
const NAME = 150;

/** Draws one row for each series, with a bar for each period in which it has the same value. */
const drawTimeline = (
  { fieldConfig }: Panel,
  { stepSeconds, seconds }: Recording,
  series: readonly RecordedSeries[],
  { x, y, width }: Box,
): string => {
  const texts = fieldConfig.defaults.mappings?.[0]?.options ?? {};
  const scale = (width - NAME) / (seconds + stepSeconds);
  return series
    .map(({ name, values }, row) => {
      const top = y + row * (ROW + 6);
      const bars = findRuns(values).map(({ from, to, value }) => {
        const left = x + NAME + from * stepSeconds * scale;
        const long = (to - from) * stepSeconds * scale;
        const isFirst = Object.keys(texts)[0] === String(value);
        return `<rect class="${isFirst ? 'c1' : 'c4'}" x="${left.toFixed(1)}" y="${top}" width="${long.toFixed(1)}" height="${ROW}" opacity="0.7"><title>${texts[value]?.text ?? value}</title></rect>`;
      });
      return `<text class="small" x="${x}" y="${top + 12}">${name}</text>${bars.join('')}`;
    })
    .join('');
};

/** Finds runs of equal values. `to` is the step after the last one. */
const findRuns = (values: readonly (number | null)[]) => {
  const runs: { from: number; to: number; value: number }[] = [];
  for (const [at, value] of values.entries()) {
    const last = runs.at(-1);
    if (value === null) continue;
    if (last?.value === value && last.to === at) last.to = at + 1;
    else runs.push({ from: at, to: at + 1, value });
  }
  return runs;
};
