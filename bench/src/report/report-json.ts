import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

import { GROUPS, type Machine, type Results } from '../results.ts';

/** Returns the environment of this run, without the names of the machine and its users. */
export const readMachine = (full: boolean, note: string | undefined): Machine => {
  const processors = cpus();
  return {
    node: process.version.slice(1),
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    date: new Date().toISOString().slice(0, 10),
    full,
    ...(note === undefined ? {} : { note }),
  };
};

/** Writes a run as JSON, groups in the order of the report. Numbers have four significant digits, so that runs are easy to compare. */
export const writeResults = (path: string, results: Results): void => {
  const round = (_key: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
  const ordered = Object.fromEntries((['machine', ...GROUPS] as const).map((key) => [key, results[key]]));
  const text = JSON.stringify(ordered, round, 2);
  // The rounds of a subject are on one line, because there are dozens.
  writeFileSync(path, `${text.replaceAll(/\[[\d\s.,e+-]+\]/g, (list) => list.replaceAll(/\s+/g, ' '))}\n`);
};

/** Parses the JSON that {@link writeResults} wrote. */
export const readResults = (path: string | URL): Results => JSON.parse(readFileSync(path, 'utf8')) as Results;
