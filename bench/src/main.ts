/**
 * `npm run bench`: ours, plain Extism and the floor, in one process and one run, as a table of microseconds and ratios.
 *
 * @module
 */
import { behave, buildPlugin } from '@plugwire/pdk-fixtures';

import { echoShaped, shapedOf } from './echo-contract.ts';
import { measure, type Measurement } from './measure.ts';
import { createExtism, createFloor, createOurs } from './subjects.ts';

const SIZES = [1024, 16 * 1024];

const main = async (): Promise<void> => {
  const bytes = await buildPlugin({ functions: { [echoShaped.name]: behave.echo() } });
  const floor = createFloor();
  const ours = await createOurs(bytes);
  const extism = await createExtism(bytes);
  console.log(
    `Node ${process.version}, echo of the "shaped" object on a guest that copies eight bytes at a time\n`,
  );
  console.log('| payload | subject | median µs | p99 of rounds µs | × floor | × as fast as Extism |');
  console.log('| --- | --- | ---: | ---: | ---: | ---: |');
  for (const size of SIZES) {
    process.stderr.write(`measuring ${size} bytes …\n`);
    const rows = await measure([floor, ours, extism], shapedOf(size));
    for (const row of rows) console.log(formatRow(size, row, rows));
  }
  for (const subject of [floor, ours, extism]) await subject.close();
};

const formatRow = (size: number, row: Measurement, [floor, , extism]: readonly Measurement[]): string => {
  const against = (other: Measurement | undefined): number => row.medianUs / (other?.medianUs ?? Number.NaN);
  const cells = [
    `${size / 1024} KB`,
    row.subject,
    row.medianUs.toFixed(2),
    row.p99Us.toFixed(2),
    against(floor).toFixed(2),
    (1 / against(extism)).toFixed(2),
  ];
  return `| ${cells.join(' | ')} |`;
};

await main();
