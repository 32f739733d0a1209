import type { Command, Option } from 'commander';

import { COMMANDS } from '../commands/index.ts';
import { createProgram } from '../program/run-plugwire.ts';

/** A command that can be run. */
export interface ListedCommand {
  /** Such as `contract export`. */
  readonly name: string;
  /** The flags of its options as `--help` shows them, without `--help` itself. */
  readonly flags: readonly string[];
}

/** Lists every command of the program that can be run. */
export const listCommands = (): readonly ListedCommand[] => {
  const program = createProgram({ columns: 100 }, () => undefined);
  for (const add of COMMANDS) add(program, () => async () => undefined);
  const leaves = (command: Command, path: readonly string[]): ListedCommand[] =>
    command.commands.length === 0
      ? [{ name: path.join(' '), flags: command.options.map(({ flags }: Option) => flags) }]
      : command.commands.flatMap((each) => leaves(each, [...path, each.name()]));
  return leaves(program, []);
};
