const LEVELS = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** A logarithmic axis, from one value to another. */
export interface Axis {
  readonly from: number;
  readonly to: number;
}

/** Returns an axis from the smallest 1st percentile to the largest 99th percentile of all series. */
export const axisOf = (series: readonly (readonly number[])[]): Axis => {
  const from = Math.min(...series.map((quantiles) => quantiles[1] ?? 1));
  const to = Math.max(...series.map((quantiles) => quantiles[99] ?? 1));
  return { from: Math.max(from, 0.001), to: Math.max(to, 1.1 * from, 0.002) };
};

/**
 * Plots a distribution in one line, from its 101 quantiles. A higher character means more values. Each hundredth of the values is spread
 * evenly between its two quantiles. Values outside the axis are ignored.
 */
export const plotDistribution = (quantiles: readonly number[], { from, to }: Axis, width: number): string => {
  const scale = width / Math.log(to / from);
  const placeOf = (value: number): number => scale * Math.log(Math.max(value, 0.001) / from);
  const columns = new Float64Array(width);
  for (let at = 1; at < quantiles.length; at += 1) {
    const start = placeOf(quantiles[at - 1] as number);
    const end = Math.max(placeOf(quantiles[at] as number), start + 0.001);
    for (let column = Math.max(0, Math.floor(start)); column < Math.min(width, Math.ceil(end)); column += 1) {
      const overlap = Math.min(end, column + 1) - Math.max(start, column);
      columns[column] = (columns[column] as number) + Math.max(0, overlap) / (end - start);
    }
  }
  const most = Math.max(...columns);
  return [...columns]
    .map((value) =>
      value === 0 ? ' ' : LEVELS[Math.min(LEVELS.length - 1, Math.floor((LEVELS.length * value) / most))],
    )
    .join('');
};
