import type { Command } from 'commander';

import type { ExitKind } from '../base/exit-codes.ts';
import type { Style } from '../output/style.ts';
import type { Terminal } from '../output/terminal.ts';

/** What a command found out. */
export interface CommandResult {
  readonly exit: ExitKind;
  /** What `--json` prints. May hold BigInts. */
  readonly data: unknown;
  /** What people see, line by line. */
  text(style: Style, columns: number): readonly string[];
}

/** The options that every command has. */
export interface SharedOptions {
  readonly json?: boolean;
}

/**
 * Makes the action of a command: what `run` returns is printed and becomes the exit code, what it throws too. `run` gets the terminal,
 * then the command’s arguments and options as commander gives them.
 */
export type Act = <Given extends readonly unknown[]>(
  run: (terminal: Terminal, ...given: Given) => Promise<CommandResult>,
) => (...given: [...Given, ...unknown[]]) => Promise<void>;

/** Adds a command to the program. One file of this folder exports one, and `index.ts` lists it. */
export type AddCommand = (parent: Command, act: Act) => void;

/** What `--help` says about a command. */
export interface CommandHelp {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** What it does in a few sentences. */
  readonly description: string;
  /** Command lines that work. */
  readonly examples: readonly string[];
}

/** Creates a command with what every command has: `--json`, an example, and its description. */
export const createCommand = (
  parent: Command,
  { name, summary, description, examples }: CommandHelp,
): Command =>
  parent
    .command(name)
    .summary(summary)
    .description(description)
    .option('--json', 'prints the result as JSON')
    .addHelpText('after', `\nExamples:\n${examples.map((line) => `  $ ${line}`).join('\n')}`);

/** Creates a command that only holds others, such as `contract`. */
export const createGroup = (parent: Command, name: string, summary: string): Command =>
  parent.command(name).summary(summary).description(summary);
