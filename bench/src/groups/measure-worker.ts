import { behave, buildPlugin } from '@plugwire/pdk-fixtures';

import { trivial } from '../contracts.ts';
import { createExtismWorker } from '../subjects/extism.ts';
import { EFFORTS } from '../measure.ts';
import type { MeasureGroup } from './group.ts';

/** It frees no block, and a block's number has 14 bits, so it fails at 16,384 or never. */
const CALLS = { full: 20_000, quick: 1_000 } as const;

/** Calls Extism's worker mode until it fails. */
export const measureWorker: MeasureGroup<'worker'> = async (effort, progress) => {
  const most = effort === EFFORTS.quick ? CALLS.quick : CALLS.full;
  const plugin = await buildPlugin({ functions: { [trivial.wire.name]: behave.echo() } });
  const subject = await createExtismWorker({ contract: trivial, plugin });
  const endsMs = [performance.now()];
  try {
    while (endsMs.length <= most) {
      if (endsMs.length % 5_000 === 0) progress(`${endsMs.length} calls`);
      const succeeded = await Promise.resolve(subject.run({ text: 'hello' })).then(
        () => true,
        () => false,
      );
      if (!succeeded) break;
      endsMs.push(performance.now());
    }
  } finally {
    await subject.close();
  }
  const calls = endsMs.length - 1;
  const tenth = Math.floor(calls / 10);
  const meanUs = (from: number, to: number): number =>
    (((endsMs[to] ?? Number.NaN) - (endsMs[from] ?? Number.NaN)) * 1000) / (to - from);
  return {
    ...(calls < most ? { failedAt: calls + 1 } : {}),
    calls,
    firstUs: meanUs(0, tenth),
    lastUs: meanUs(calls - tenth, calls),
  };
};
