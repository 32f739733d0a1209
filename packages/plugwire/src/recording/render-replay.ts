import { groupDifferences } from '@plugwire/runtime';

import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';
import { layTable, wrapText } from '../output/table.ts';
import { showCount } from '../output/units.ts';
import type { Replayed, ReplayedRecording } from './replay-recordings.ts';

const HEADER = ['  function', 'recorded from', 'calls', 'same', 'improved', 'different', 'unfit'];
const ALIGNMENTS = ['left', 'left', 'right', 'right', 'right', 'right', 'right'] as const;
/** The most calls that are listed for each kind of difference. */
const MOST_CALLS = 8;

/** Renders a replay as text. */
export const renderReplay = (
  { pluginVersion, sha256, recordings }: Replayed,
  isAllowed: boolean,
  style: Style,
  columns: number,
): string[] => [
  `replayed to version ${style.bold(plainText(pluginVersion))} (${sha256.slice(0, 8)})`,
  '',
  ...layTable(
    [HEADER.map((text) => style.dim(text)), ...recordings.map((each) => rowOf(each, style))],
    ALIGNMENTS,
  ),
  ...recordings.flatMap((each) => renderNotes(each, style, columns)),
  '',
  verdictOf(recordings, isAllowed, style),
];

const rowOf = (recording: ReplayedRecording, style: Style): string[] => {
  const { recorded, calls, same, improved, unfit, differences } = recording;
  const different = showCount(differences.length);
  return [
    `  ${plainText(recording.function)}`,
    plainText(`${recorded.plugin} ${recorded.pluginVersion} (${recorded.sha256.slice(0, 8)})`),
    showCount(calls),
    showCount(same),
    improved === 0 ? '0' : style.green(showCount(improved)),
    differences.length === 0 ? different : style.red(different),
    unfit === 0 ? '0' : style.yellow(showCount(unfit)),
  ];
};

const renderNotes = (recording: ReplayedRecording, style: Style, columns: number): string[] => {
  const { function: called, differences, hasOtherContract, unfit } = recording;
  const groups = groupDifferences(differences).flatMap(({ what, calls }) => {
    const listed = calls.slice(0, MOST_CALLS).map((call) => `#${call + 1}`);
    const more = calls.length > MOST_CALLS ? ', …' : '';
    return wrapText(
      `  ${calls.length} × ${plainText(what)} ${style.dim(`(${listed.join(', ')}${more})`)}`,
      columns,
    );
  });
  const changed = hasOtherContract
    ? wrapText(
        `  The contract has changed since the calls were recorded${unfit === 0 ? '' : `, and ${unfit} requests no longer fit it`}.`,
        columns,
      )
    : [];
  return groups.length + changed.length === 0
    ? []
    : ['', style.bold(plainText(called)), ...groups, ...changed];
};

const verdictOf = (recordings: readonly ReplayedRecording[], isAllowed: boolean, style: Style): string => {
  const calls = recordings.reduce((sum, each) => sum + each.calls, 0);
  const different = recordings.reduce((sum, { differences }) => sum + differences.length, 0);
  if (different === 0) return style.green(`${showCount(calls)} calls have the recorded outcome`);
  const text = `${showCount(different)} of ${showCount(calls)} calls have another outcome`;
  return isAllowed ? style.yellow(`${text}, which --allow permits`) : style.red(text);
};
