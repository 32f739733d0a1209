import { randomInt } from 'node:crypto';

import {
  addPluginOptions,
  type PluginOptions,
  readPluginOptions,
  positiveWhole,
  wholeNumber,
} from '../plugin/plugin-options.ts';
import { renderVerification } from '../verify/render-verification.ts';
import type { Verification } from '../verify/verification.ts';
import { verifyPlugin } from '../verify/verify-plugin.ts';
import { type AddCommand, createCommand } from './command.ts';
import type { ExitKind } from '../base/exit-codes.ts';

interface VerifyOptions extends PluginOptions {
  readonly seed?: number;
  readonly requests: number;
  readonly calls: number;
}

/** The upper bound of a seed, exclusive. */
const MOST_SEED = 2 ** 31;

/** `plugwire verify`: loads a plugin stage by stage, then sends it generated requests. */
export const addVerify: AddCommand = (program, act) => {
  const command = createCommand(program, {
    name: 'verify',
    summary: 'checks a plugin against its contracts before it ships',
    description:
      'Loads a plugin stage by stage, and says what to do about each failure. Then sends each function valid requests of every shape, hostile ' +
      'requests, and many calls, to find traps, wrong versions, responses that do not fit, and growing memory. Prints the seed that repeats the run.',
    examples: [
      'plugwire verify greeter.wasm --contract contracts.ts',
      'plugwire verify greeter.wasm --contract contracts.json --seed 42',
    ],
  })
    .argument('<file>', 'a .wasm file')
    .option('--seed <number>', 'repeats the run that printed this seed (default: a new seed)', wholeNumber)
    .option('--requests <number>', 'the number of valid requests for each function', positiveWhole, 200)
    .option(
      '--calls <number>',
      'the most calls of each function while its memory is watched',
      positiveWhole,
      6400,
    );
  addPluginOptions(command).action(
    act(async (terminal, file: string, options: VerifyOptions) => {
      const setup = await readPluginOptions(options);
      const progress = terminal.startProgress('verifying');
      const { seed = randomInt(MOST_SEED), requests: count, calls } = options;
      const verification = await verifyPlugin(file, setup, { seed, count, calls }, progress).finally(
        progress.end,
      );
      return {
        exit: exitOf(verification),
        data: verification,
        text: (style, columns) => renderVerification(verification, style, columns),
      };
    }),
  );
};

const exitOf = ({ findings }: Verification): ExitKind => {
  const error = findings.find(({ level }) => level === 'error');
  if (error === undefined) return 'ok';
  return error.stage === 'read' && error.code !== 'hash_mismatch' ? 'system' : 'plugin';
};
