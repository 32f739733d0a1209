/**
 * `npm run bench [-- --quick] [--only GROUP …] [--json FILE] [--note TEXT]`: measures Plugwire and other hosts in one process and one run.
 * Prints tables of times and ratios, followed by the targets.
 *
 * @module
 */
import { parseArgs } from 'node:util';

import type { MeasureGroup } from './groups/group.ts';
import { measureBalancer } from './groups/measure-balancer.ts';
import { measureDispatch } from './groups/measure-dispatch.ts';
import { measureLoading } from './groups/measure-loading.ts';
import { measureMetering } from './groups/measure-metering.ts';
import { measurePlugins } from './groups/measure-plugins.ts';
import { measureWorker } from './groups/measure-worker.ts';
import { type Effort, EFFORTS } from './measure.ts';
import { readMachine, writeResults } from './report/report-json.ts';
import { reportTable } from './report/report-table.ts';
import { type Group, type GroupResults, GROUPS, type Results } from './results.ts';

const MEASURES: { readonly [Name in Group]: MeasureGroup<Name> } = {
  dispatch: measureDispatch,
  worker: measureWorker,
  loading: measureLoading,
  plugins: measurePlugins,
  metering: measureMetering,
  balancer: measureBalancer,
};

const main = async (): Promise<void> => {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      note: { type: 'string' },
      only: { type: 'string', multiple: true, default: [...GROUPS] },
    },
  });
  const effort = values.quick ? EFFORTS.quick : EFFORTS.full;
  const results: Results = { machine: readMachine(!values.quick, values.note) };
  for (const group of values.only.map(parseGroup)) {
    Object.assign(results, await measureGroup(group, effort));
    // Write after each group, so that an interrupted run keeps its results.
    if (values.json !== undefined) writeResults(values.json, results);
  }
  console.log(reportTable(results));
};

const parseGroup = (name: string): Group => {
  const group = GROUPS.find((known) => known === name);
  if (group === undefined)
    throw new Error(`--only ${name}: expected one of ${GROUPS.join(', ')}. Correct the name.`);
  return group;
};

const measureGroup = async (group: Group, effort: Effort): Promise<Partial<GroupResults>> => ({
  [group]: await MEASURES[group](effort, (line) => process.stderr.write(`${group}: ${line} …\n`)),
});

await main();
