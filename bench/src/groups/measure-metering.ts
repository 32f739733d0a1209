import { type Effort, measureInTurns, quantile } from '../measure.ts';
import type { MeteringResult } from '../results.ts';
import { LIBRARY_LIMITS, meterEverything, meterModule, REAL_MODULES } from '../runtime-internals.ts';
import type { MeasureGroup } from './group.ts';

/** Measures the cost of metering for real modules, compared with the original modules, and the cost of rewriting them. */
export const measureMetering: MeasureGroup<'metering'> = async (effort, progress) => {
  const results: MeteringResult[] = [];
  for (const { title, load } of REAL_MODULES) {
    progress(title);
    const plain = await load();
    const engine = meterEverything();
    const metered = await load().finally(() => engine.restore());
    const [original, counted] = await measureInTurns(
      [
        { name: 'original', run: plain },
        { name: 'metered', run: metered },
      ],
      effortFor(effort),
    );
    const sources = engine.modules();
    results.push({
      module: title,
      bytes: sources.reduce((sum, source) => sum + source.length, 0),
      originalUs: original?.medianUs ?? Number.NaN,
      meteredUs: counted?.medianUs ?? Number.NaN,
      rewriteMs: timeRewrite(sources, effort.rounds),
    });
  }
  return results;
};

/** Real work takes milliseconds, not microseconds, so rounds are fewer and longer. */
const effortFor = ({ rounds, roundMs }: Effort): Effort => ({
  rounds: Math.ceil(rounds / 3),
  roundMs: roundMs * 4,
});

/** Returns the median of some rewrites: scanning, validating and writing, without compiling the result. */
const timeRewrite = (sources: readonly Uint8Array[], rounds: number): number => {
  const times = Array.from({ length: Math.ceil(rounds / 3) }, () => {
    const startMs = performance.now();
    for (const source of sources) {
      const result = meterModule(source, LIBRARY_LIMITS);
      if (!result.ok) throw new Error(`${result.code}: ${result.message}`);
    }
    return performance.now() - startMs;
  });
  return quantile(times, 0.5);
};
