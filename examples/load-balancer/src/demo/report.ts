import type { Chapter } from './chapters.ts';
import { findBrokenOperation } from './find-broken-operation.ts';
import type { OperationResult } from './play-operations.ts';
import type { Fallbacks } from './read-fallbacks.ts';
import { CLIENTS, type Traffic } from './traffic.ts';

/** The result of one chapter. */
export interface ChapterResult {
  readonly chapter: Chapter;
  readonly traffic: Traffic;
  /** Requests that reached each upstream, as its server counted them. */
  readonly seen: ReadonlyMap<string, number>;
  readonly fallbacks: Fallbacks;
  /** `stage/code` if the plugin was refused. */
  readonly refused: string | undefined;
  readonly replacements: number;
}

/** Other reasons for fallbacks of a failing plugin: no instance is ready yet, or the breaker is open. */
const SPARED = ['plugin_call/breaker_open'];

/** Prints a table for each chapter. Returns whether every result is as expected. */
export const printReport = (
  chapters: readonly ChapterResult[],
  operations: readonly OperationResult[],
  warnings: number,
): boolean => {
  console.log(
    `Each chapter sends its requests through one chain of plugins, from ${CLIENTS} concurrent clients. p50 and p99 are response times.\n`,
  );
  for (const result of chapters) console.log(`${tableOf(result)}\n`);
  console.log(
    'Now an operator changes plugins under load, with the configuration file and the admin server.\n',
  );
  for (const result of operations) console.log(`${operationTableOf(result)}\n`);
  const broken = [
    ...chapters.filter((result) => findBroken(result).length > 0).map(({ chapter }) => chapter.name),
    ...operations
      .filter((result) => findBrokenOperation(result).length > 0)
      .map(({ operation }) => operation.name),
  ];
  const sent = [...chapters, ...operations].reduce((sum, { traffic }) => sum + traffic.sent, 0);
  console.log(
    broken.length === 0
      ? `${sent} requests, ${warnings} warnings logged (repeats are counted, not written). All results are as expected.`
      : `NOT AS EXPECTED: ${broken.join(', ')}.`,
  );
  return broken.length === 0;
};

const tableOf = (result: ChapterResult): string => {
  const { chapter, traffic, seen, fallbacks, refused, replacements } = result;
  const broken = findBroken(result);
  const reached = [...seen.values()].reduce((sum, count) => sum + count, 0);
  const resent = chapter.expected.reachesUpstreams ? reached - traffic.sent : 0;
  const load = refused === undefined ? [] : [['load', `refused: ${refused}`]];
  const replaced = chapter.isReplacing === true ? [['replaced', `${replacements} times`]] : [];
  const rows = [
    ...load,
    ...replaced,
    ['requests', `${traffic.sent}, p50 ${traffic.p50Ms.toFixed(1)} ms, p99 ${traffic.p99Ms.toFixed(1)} ms`],
    ['answers', list(traffic.statuses)],
    ['upstreams', list(seen)],
    ...(resent > 0 ? [['', `${resent} of these got a 401, and were signed again with the next key`]] : []),
    ...listRows('fallbacks', fallbacks),
    ['policy', chapter.expected.policy],
    ['as expected', broken.length === 0 ? 'yes' : `NO: ${broken.join(', ')}`],
  ];
  return writeTable(chapter, rows);
};

const operationTableOf = (result: OperationResult): string => {
  const { operation, rows, traffic, after, fallbacks } = result;
  const broken = findBrokenOperation(result);
  return writeTable(operation, [
    ...rows,
    ['requests', `${traffic.sent}, p50 ${traffic.p50Ms.toFixed(1)} ms, p99 ${traffic.p99Ms.toFixed(1)} ms`],
    ['answers', list(traffic.statuses)],
    ['afterwards', list(after)],
    ['versions', list(traffic.versions)],
    ...listRows('fallbacks', fallbacks),
    ['policy', operation.expected.policy],
    ['as expected', broken.length === 0 ? 'yes' : `NO: ${broken.join(', ')}`],
  ]);
};

const writeTable = (
  { name, about }: { readonly name: string; readonly about: string },
  rows: readonly (readonly string[])[],
): string =>
  [`${name}: ${about}`, ...rows.map(([key = '', value]) => `  ${key.padEnd(12)} ${value}`)].join('\n');

const list = (counts: ReadonlyMap<string, number>): string =>
  [...counts].map(([key, count]) => `${key} ×${count}`).join(', ') || '-';

/** One row for each entry under one heading, because reasons are long. */
const listRows = (heading: string, counts: ReadonlyMap<string, number>): string[][] =>
  counts.size === 0
    ? [[heading, '-']]
    : [...counts].map(([key, count], at) => [at === 0 ? heading : '', `${key} ×${count}`]);

/** Returns the results of a chapter that are not as expected. */
const findBroken = (result: ChapterResult): string[] => {
  const { chapter, traffic, seen, fallbacks, refused, replacements } = result;
  const { expected } = chapter;
  const isUnseen = [...seen.values()].every((count) => count === 0);
  const [blue = 0, green = 0] = [...traffic.upstreams.values()];
  const checks: readonly (readonly [what: string, holds: boolean])[] = [
    ['statuses', traffic.statuses.get(String(expected.status)) === traffic.sent],
    [
      'upstreams',
      expected.reachesUpstreams ? blue + green === traffic.sent && Math.abs(blue - green) <= 1 : isUnseen,
    ],
    [
      'error bodies',
      (expected.errorBody === undefined ? 0 : traffic.errorBodies.get(expected.errorBody)) ===
        (expected.status < 400 ? 0 : traffic.sent),
    ],
    ['load', refused === expected.refused],
    ['fallbacks', areExpected(fallbacks, expected.fallback, traffic.sent)],
    ['replacements', chapter.isReplacing !== true || replacements > 0],
  ];
  return checks.filter(([, holds]) => !holds).map(([what]) => what);
};

const areExpected = (
  fallbacks: Fallbacks,
  expected: Chapter['expected']['fallback'],
  sent: number,
): boolean => {
  if (expected === undefined) return fallbacks.size === 0;
  const keys = [expected.reason, ...SPARED].map((reason) => `${expected.function} ${reason}`);
  const own = fallbacks.get(keys[0] ?? '') ?? 0;
  const total = [...fallbacks.values()].reduce((sum, count) => sum + count, 0);
  const explained = spared(fallbacks) + own;
  return own > 0 && explained === total && total >= sent;
};

/** An open breaker also affects the other functions of the plugin. */
const spared = (fallbacks: Fallbacks): number =>
  [...fallbacks]
    .filter(([key]) => SPARED.some((reason) => key.endsWith(reason)))
    .reduce((sum, [, count]) => sum + count, 0);
