/**
 * `npm run demo` runs an HTTP load balancer in front of two servers: first with a healthy chain of plugins, then with one broken plugin at a
 * time, then with an operator who changes plugins under load. Prints the results of several thousand requests. Exits with 1 if a result is not
 * as expected.
 */
import { pino } from 'pino';

import { startDemoUpstreams } from './demo/demo-upstreams.ts';
import { playChapters } from './demo/play-chapters.ts';
import { playOperations } from './demo/play-operations.ts';
import { printReport } from './demo/report.ts';

const main = async (): Promise<boolean> => {
  const warnings: string[] = [];
  const logger = pino({ level: 'warn' }, { write: (line: string) => void warnings.push(line) });
  const upstreams = await startDemoUpstreams();
  const chapters = await playChapters(upstreams, logger);
  const operations = await playOperations(upstreams, logger);
  await Promise.all(upstreams.map(async (upstream) => await upstream.close()));
  process.stderr.write('\n');
  return printReport(chapters, operations, warnings.length);
};

process.exitCode = (await main()) ? 0 : 1;
