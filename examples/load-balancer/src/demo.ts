/**
 * `npm run demo`: a balancer before two real servers, with a healthy chain of plugins; then with one broken plugin at a time; then with an
 * operator who changes plugins while requests go on. Prints what came of some thousand requests, and exits with 1 if it is not what was promised.
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
