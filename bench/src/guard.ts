/**
 * `npm run bench:guard`: fails if calls no longer bypass Extism's own host functions. Counting calls does not show that
 * (test/crossings.test.ts counts what can be counted), so this compares times. To be robust on a noisy machine, it uses the best of many
 * short alternating rounds, a margin several times smaller than the measured difference, and further tries before it fails.
 *
 * @module
 */
import { behave, buildPlugin } from '@plugwire/pdk-fixtures';

import { shaped } from './contracts.ts';
import { measureInTurns } from './measure.ts';
import { createExtism } from './subjects/extism.ts';
import { createPlugwire } from './subjects/plugwire.ts';

const PAYLOAD = 16 * 1024;
/** Several times smaller than the ratio in docs/benchmarks.md, so that only a lost link can be below it. */
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
    `dispatchSync at 16 KB: ${ratio.toFixed(1)} times as fast as Extism, expected at least ${LEAST_RATIO}`,
  );
  if (!(ratio >= LEAST_RATIO)) process.exitCode = 1;
};

await main();
