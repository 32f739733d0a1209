import { ANSWER_COMPARISONS, type AnswerComparison } from '@plugwire/runtime';

import { CommandError } from '../base/failure.ts';
import {
  addPluginOptions,
  oneOf,
  type PluginOptions,
  positiveNumber,
  positiveWhole,
  readPluginOptions,
} from '../plugin/plugin-options.ts';
import { withPatience } from '../plugin/patience.ts';
import { MOST_BYTES, readRecordings } from '../recording/read-recordings.ts';
import { renderReplay } from '../recording/render-replay.ts';
import { replayRecordings } from '../recording/replay-recordings.ts';
import { type AddCommand, createCommand } from './command.ts';

interface ReplayCommandOptions extends PluginOptions {
  readonly answers: AnswerComparison;
  readonly function?: string;
  readonly calls?: number;
  readonly allow?: number;
}

/** `plugwire replay`: sends recorded calls to another version of a plugin. */
export const addReplay: AddCommand = (program, act) => {
  const command = createCommand(program, {
    name: 'replay',
    summary: 'sends recorded calls to a plugin and compares the outcomes',
    description:
      'Sends the calls of a recording to a plugin, and compares the outcomes and the shapes of the responses. Results of host functions come from the ' +
      'recording. No host function runs; --host only declares those that the plugin imports. The exit code is 1 if an outcome differs.',
    examples: [
      'plugwire replay calls.jsonl greeter-2.wasm --contract contracts.ts',
      'plugwire replay calls.jsonl greeter-2.wasm --answers equal --allow 1',
    ],
  })
    .argument('<recording>', 'a file that plugwire record wrote')
    .argument('<file>', 'a .wasm file')
    .option(
      '--answers <how>',
      'how responses are compared: shape or equal',
      oneOf(ANSWER_COMPARISONS),
      'shape',
    )
    .option('--function <name>', 'only the calls of this function')
    .option('--calls <number>', 'only the latest calls of each function', positiveWhole)
    .option(
      '--allow <percent>',
      'exits with 0 if no more than this share of the calls differs',
      positiveNumber,
    );
  addPluginOptions(command).action(
    act(async (terminal, recording: string, file: string, options: ReplayCommandOptions) => {
      const { answers, allow = 0, calls, function: called } = options;
      const recordings = await readRecordings(recording, { function: called, calls, bytes: MOST_BYTES });
      // Time is not compared, and the machine may be busy.
      const setup = withPatience(await readPluginOptions(options));
      const progress = terminal.startProgress('replaying');
      const replayed = await replayRecordings(file, recordings, setup, { answers }, progress).finally(
        progress.end,
      );
      const total = replayed.recordings.reduce((sum, each) => sum + each.calls, 0);
      const different = replayed.recordings.reduce((sum, { differences }) => sum + differences.length, 0);
      if (total === 0) throw nothingFits(recording);
      const isAllowed = different <= (total * allow) / 100;
      return {
        exit: isAllowed ? 'ok' : 'plugin',
        data: { file, calls: total, different, ...replayed },
        text: (style, columns) => renderReplay(replayed, isAllowed, style, columns),
      };
    }),
  );
};

const nothingFits = (recording: string): CommandError =>
  new CommandError(
    'input',
    `${recording}: no recorded request fits the current contract. Record again, or pass the contract that was used for the recording.`,
    'nothing_fits',
  );
