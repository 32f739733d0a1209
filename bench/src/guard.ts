/**
 * `npm run bench:guard`: fails if calls are no longer linked past Extism's own host functions. A count would not see that
 * (test/crossings.test.ts counts what it can), so this compares times, in a way that a noisy machine does not upset: the best of many
 * short rounds in turns, a margin several times smaller than what is measured, and further tries before it fails.
 *
 * @module
 */
import { behave, buildPlugin } from '@plugwire/pdk-fixtures';

import { shaped } from './contracts.ts';
import { measureInTurns } from './measure.ts';
import { createExtism } from './subjects/extism.ts';
import { createPlugwire } from './subjects/plugwire.ts';

const PAYLOAD = 16 * 1024;
/** Several times less than what docs/benchmarks.md publishes, so that only a lost link is below it. */
const LEAST_RATIO = 1.5;
const TRIES = 4;
const EFFORT = { rounds: 40, roundMs: 5 } as const;

const main = async (): Promise<void> => {
  const plugin = await buildPlugin({ functions: { [shaped.wire.name]: behave.echo() } });
  const ours = await createPlugwire({ contract: shaped, plugin });
  const extism = await createExtism({ contract: shaped, plugin });
  const message = shaped.messageOf(PAYLOAD) as object;
  let ratio = 0;
  for (let tried = 0; tried < TRIES && ratio < LEAST_RATIO; tried += 1) {
    const [own, peer] = await measureInTurns(
      [
        { name: 'ours', run: () => ours.run(message) },
        { name: 'extism', run: () => extism.run(message) },
      ],
      EFFORT,
    );
    ratio = (peer?.leastUs ?? 0) / (own?.leastUs ?? Number.NaN);
  }
  await ours.close();
  await extism.close();
  console.log(
    `dispatchSync at 16 KB: ${ratio.toFixed(1)} times as fast as Extism, at least ${LEAST_RATIO} wanted`,
  );
  if (!(ratio >= LEAST_RATIO)) process.exitCode = 1;
};

await main();
