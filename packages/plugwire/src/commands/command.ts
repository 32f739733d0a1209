import type { Command } from 'commander';

import type { ExitKind } from '../base/exit-codes.ts';
import type { Style } from '../output/style.ts';
import type { Terminal } from '../output/terminal.ts';

/** The result of a command. */
export interface CommandResult {
  readonly exit: ExitKind;
  /** What `--json` prints. It may contain BigInts. */
  readonly data: unknown;
  /** What is printed without `--json`, line by line. */
  text(style: Style, columns: number): readonly string[];
}

/** The options that every command has. */
export interface SharedOptions {
  readonly json?: boolean;
}

/**
 * Wraps the action of a command. The result of `run`, or the error that it throws, is printed and sets the exit code. `run` receives the
 * terminal, then the arguments and options of the command as commander passes them.
 */
export type Act = <Given extends readonly unknown[]>(
  run: (terminal: Terminal, ...given: Given) => Promise<CommandResult>,
) => (...given: [...Given, ...unknown[]]) => Promise<void>;

/** Adds a command to the program. Each file in this folder exports one `AddCommand`, and `index.ts` lists them. */
export type AddCommand = (parent: Command, act: Act) => void;

/** What `--help` says about a command. */
export interface CommandHelp {
  readonly name: string;
  /** One line, for the list of commands. */
  readonly summary: string;
  /** A few sentences about what it does. */
  readonly description: string;
  /** Example command lines. */
  readonly examples: readonly string[];
}

/** Creates a command with its description, `--json` and the examples of its help. */
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

/** Creates a command that only contains other commands, such as `contract`. */
export const createGroup = (parent: Command, name: string, summary: string): Command =>
  parent.command(name).summary(summary).description(summary);
