import type { Chapter } from './chapters.ts';
import type { DispatchCounts } from './read-metrics.ts';
import type { Traffic } from './traffic.ts';

/** What happened in one chapter. */
export interface Row {
  readonly chapter: Chapter;
  /** The plugin that was asked: the one before, if this chapter's was refused. */
  readonly serving: string;
  readonly refused: string | undefined;
  /** `cc_lb_plugin_load_total` for that refusal. */
  readonly refusals: number;
  readonly traffic: Traffic;
  readonly counts: DispatchCounts;
}

const HEAD = [
  'plugin',
  'it …',
  'requests',
  'status',
  'upstreams',
  'answered',
  'fallbacks by stage/code',
  'as promised',
];
/** What a failing plugin's calls meet besides: no instance yet, or a breaker that leaves it alone. */
const NOT_CALLED = ['plugin_call/no_instance', 'plugin_call/breaker_open'];

/** Prints the table; gives whether everything went as promised. */
export const printTable = (rows: readonly Row[], warnings: number): boolean => {
  const isGood = rows.every(isAsPromised);
  const table = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0)));
  const lines = table.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  lines.splice(1, 0, widths.map((width) => '─'.repeat(width)).join('  '));
  const sent = rows.reduce((sum, { traffic }) => sum + traffic.sent, 0);
  const verdict = isGood
    ? 'Every request was served: by the plugin, or by the fallback where it failed.'
    : 'NOT AS PROMISED: see the last column.';
  console.log(
    `${lines.join('\n')}\n\n${sent} requests, ${warnings} warnings logged (repeats are counted, not written). ${verdict}`,
  );
  return isGood;
};

const cells = (row: Row): string[] => {
  const { chapter, traffic, counts, refused, refusals, serving } = row;
  const failures = [...counts.errors].filter(([, count]) => count > 0);
  return [
    chapter.name,
    refused === undefined ? chapter.about : `${chapter.about}: ${refused} ×${refusals}, ${serving} goes on`,
    String(traffic.sent),
    list(traffic.statuses),
    list(traffic.upstreams),
    String(counts.ok),
    failures.length === 0 ? '–' : list(new Map(failures)),
    isAsPromised(row) ? 'yes' : 'NO',
  ];
};

const list = (counts: ReadonlyMap<string | number, number>): string =>
  [...counts]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, count]) => `${key} ×${count}`)
    .join(', ');

/** Every request got its 200; it was answered where it should be, and fell back for the right reason where not. */
const isAsPromised = ({ chapter, refused, refusals, traffic, counts }: Row): boolean => {
  const { sent, statuses, upstreams } = traffic;
  const { expected } = chapter;
  if (statuses.get(200) !== sent || (refused !== undefined) !== (expected === 'refused')) return false;
  if (counts.ok + counts.fallback !== sent) return false;
  if (typeof expected === 'string') {
    return counts.ok === sent && upstreams.get('blue') === sent && (expected === 'ok' || refusals === 1);
  }
  const reason = `${expected.stage}/${expected.code}`;
  const explained = [reason, ...NOT_CALLED].reduce((sum, key) => sum + (counts.errors.get(key) ?? 0), 0);
  return (
    (counts.errors.get(reason) ?? 0) > 0 &&
    explained === sent &&
    upstreams.get('blue') === upstreams.get('green')
  );
};
