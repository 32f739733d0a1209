import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';

import { GROUPS, type Machine, type Results } from '../results.ts';

/** What this run is made on; nothing that names the machine or its users. */
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

/** Writes a run as JSON, groups in the order of the report; numbers have four significant digits, so that two runs can be compared by eye. */
export const writeResults = (path: string, results: Results): void => {
  const round = (_key: string, value: unknown): unknown =>
    typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
  const ordered = Object.fromEntries((['machine', ...GROUPS] as const).map((key) => [key, results[key]]));
  const text = JSON.stringify(ordered, round, 2);
  // Rounds on one line each: there are dozens for every subject.
  writeFileSync(path, `${text.replaceAll(/\[[\d\s.,e+-]+\]/g, (list) => list.replaceAll(/\s+/g, ' '))}\n`);
};

/** Reads what {@link writeResults} wrote. */
export const readResults = (path: string | URL): Results => JSON.parse(readFileSync(path, 'utf8')) as Results;
