import { geometricMean, quotientOf } from '../measure.ts';
import {
  type BalancerResult,
  type DispatchResult,
  type Group,
  type GroupResults,
  GROUPS,
  type LoadingResult,
  type LoadName,
  LOADS,
  type Machine,
  type MeteringResult,
  type PluginsResult,
  type Results,
  type SubjectName,
  SUBJECTS,
  type WorkerResult,
} from '../results.ts';
import { digits, markdownTable, sizeText } from './markdown-table.ts';
import { TARGETS } from './targets.ts';

type Tables = { readonly [Name in Group]: (result: GroupResults[Name]) => readonly string[] };

/** Returns a run as Markdown: a section for each group, then the targets. */
export const reportTable = (results: Results): string =>
  [
    describeMachine(results.machine),
    ...GROUPS.flatMap((group) => section(group, results)),
    '',
    '### Targets',
    '',
    ...targetTable(results),
  ].join('\n');

/** Returns a line about the environment of a run. */
export const describeMachine = ({ node, cpu, cores, date, full, note }: Machine): string =>
  `Node ${node}, ${cores} cores (${cpu}), ${date}${full ? '' : '; quick run: do not quote'}.${note === undefined ? '' : ` ${note}`}`;

const TITLES: Readonly<Record<Group, string>> = {
  dispatch: 'One dispatch',
  worker: 'How far Extism’s worker mode runs',
  loading: 'Loading',
  plugins: 'Many plugins',
  metering: 'What metering costs real modules',
  balancer: 'The load balancer end to end',
};

const section = (group: Group, results: Results): string[] => {
  const result = results[group];
  const table = TABLES[group] as (result: unknown) => readonly string[];
  return result === undefined ? [] : ['', `### ${TITLES[group]}`, '', ...table(result)];
};

const dispatchTable = (result: readonly DispatchResult[]): string[] =>
  markdownTable(
    ['contract', 'guest', 'payload', 'subject', 'median µs', 'p99 µs', '× floor', '× as fast as Extism'],
    result.flatMap(({ contract, guest, payload, times }) =>
      (Object.keys(SUBJECTS) as SubjectName[]).flatMap((name) => {
        const time = times[name];
        if (time === undefined) return [];
        const { medianUs, p99Us } = time;
        return [
          [
            contract,
            guest,
            sizeText(payload),
            SUBJECTS[name],
            digits(medianUs),
            digits(p99Us),
            digits(quotientOf(time, times.floor)),
            digits(quotientOf(times.extism, time)),
          ],
        ];
      }),
    ),
  );

const workerTable = ({ failedAt, calls, firstUs, lastUs }: WorkerResult): string[] =>
  markdownTable(
    ['calls that succeeded', 'the first that failed', 'µs per call, first tenth', 'µs per call, last tenth'],
    [[calls, failedAt ?? 'none', digits(firstUs), digits(lastUs)]],
  );

const loadingTable = (result: readonly LoadingResult[]): string[] =>
  markdownTable(
    ['plugin', 'bytes', 'way', 'median ms', 'p99 ms', '× Extism’s createPlugin'],
    result.flatMap(({ plugin, bytes, times }) =>
      (Object.keys(LOADS) as LoadName[]).map((name) => [
        plugin,
        bytes,
        LOADS[name],
        digits(times[name].medianUs / 1000),
        digits(times[name].p99Us / 1000),
        digits(quotientOf(times[name], times.extism)),
      ]),
    ),
  );

const pluginsTable = ({ plugins, moduleBytes, residentBytesEach, msEach }: PluginsResult): string[] =>
  markdownTable(
    ['plugins', 'bytes of the module', 'resident KB each', 'ms each'],
    [[plugins, moduleBytes, digits(residentBytesEach / 1024), digits(msEach)]],
  );

/** The real modules, metered and original, with the mean in the last row. */
export const meteringTable = (result: readonly MeteringResult[]): string[] => {
  const bytes = result.reduce((sum, module) => sum + module.bytes, 0);
  const rewriteMs = result.reduce((sum, module) => sum + module.rewriteMs, 0);
  return markdownTable(
    ['module', 'bytes', 'original µs', 'metered µs', 'slow-down', 'rewriting ms', 'ms per MB'],
    [
      ...result.map((row) => [
        row.module,
        row.bytes,
        digits(row.originalUs),
        digits(row.meteredUs),
        digits(row.meteredUs / row.originalUs),
        digits(row.rewriteMs),
        digits(row.rewriteMs / (row.bytes / 2 ** 20)),
      ]),
      [
        'all: geometric mean; sums',
        bytes,
        '',
        '',
        digits(geometricMean(result.map((row) => row.meteredUs / row.originalUs))),
        digits(rewriteMs),
        digits(rewriteMs / (bytes / 2 ** 20)),
      ],
    ],
  );
};

const balancerTable = (result: readonly BalancerResult[]): string[] =>
  markdownTable(
    [
      'plugins',
      'requests per second',
      'median ms',
      'p99 ms',
      'share of throughput with none, median of rounds',
    ],
    result.map(({ plugins, requestsPerSecond, shareOfNone, medianMs, p99Ms }) => [
      plugins,
      digits(requestsPerSecond),
      digits(medianMs),
      digits(p99Ms),
      shareOfNone.toFixed(2),
    ]),
  );

const TABLES: Tables = {
  dispatch: dispatchTable,
  worker: workerTable,
  loading: loadingTable,
  plugins: pluginsTable,
  metering: meteringTable,
  balancer: balancerTable,
};

const targetTable = (results: Results): string[] =>
  markdownTable(
    ['target', 'wanted', 'measured', 'met'],
    TARGETS.flatMap(({ text, sign, limit, measure }) => {
      const value = measure(results);
      if (value === undefined) return [];
      const isMet = sign === '≤' ? value <= limit : value >= limit;
      return [[text, `${sign} ${limit}`, digits(value), isMet ? 'yes' : 'no']];
    }),
  );
