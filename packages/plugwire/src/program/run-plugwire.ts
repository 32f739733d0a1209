import { indentJson } from '@plugwire/wire';
import { Command, CommanderError } from 'commander';

import type { Act, CommandResult, SharedOptions } from '../commands/command.ts';
import { COMMANDS } from '../commands/index.ts';
import { EXIT_CODES } from '../base/exit-codes.ts';
import { type Failure, failureOf } from '../base/failure.ts';
import { plainText } from '../output/plain-text.ts';
import { wrapText } from '../output/table.ts';
import { openTerminal, type ProcessLike, type Terminal } from '../output/terminal.ts';
import { VERSION } from '../base/version.ts';

/**
 * Runs a command line and sets the exit code of the process, one of {@link EXIT_CODES}. Never rejects.
 *
 * @example
 * await runPlugwire(['inspect', 'greeter.wasm'], process);
 */
export const runPlugwire = async (args: readonly string[], process: ProcessLike): Promise<void> => {
  const terminal = openTerminal(process);
  const help: string[] = [];
  const program = createProgram(terminal, (text) => help.push(text));
  const isJson = args.includes('--json');
  const act: Act =
    (run) =>
    async (...given) => {
      const result = await run(terminal, ...(given.slice(0, -1) as never));
      await terminal.print(render(result, terminal, (given.at(-2) as SharedOptions).json ?? false));
      process.exitCode = EXIT_CODES[result.exit];
    };
  for (const add of COMMANDS) add(program, act);
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' });
  } catch (error) {
    const isHelp = error instanceof CommanderError && error.exitCode === 0;
    const failure = isHelp ? await printHelp(terminal, help) : failureOfAny(error, help);
    process.exitCode = failure === undefined ? EXIT_CODES.ok : EXIT_CODES[failure.kind];
    if (failure !== undefined) await report(terminal, failure, isJson);
  }
};

/** Creates the program without its commands. Help is passed to `writeHelp`. Errors in the command line are thrown. */
export const createProgram = (
  terminal: Pick<Terminal, 'columns'>,
  writeHelp: (text: string) => void,
): Command =>
  new Command('plugwire')
    .description('Creates, checks, calls and measures Plugwire plugins.')
    .version(VERSION, '-V, --version', 'prints the version')
    .helpOption('-h, --help', 'prints help')
    .helpCommand('help [command]', 'prints help for a command')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: writeHelp,
      writeErr: writeHelp,
      outputError: () => undefined,
      getOutHelpWidth: () => terminal.columns,
      getErrHelpWidth: () => terminal.columns,
    });

const render = ({ data, text }: CommandResult, { style, columns }: Terminal, isJson: boolean): string =>
  isJson
    ? `${indentJson(data)}\n`
    : text(style, columns)
        .map((line) => `${line}\n`)
        .join('');

const printHelp = async (terminal: Terminal, help: readonly string[]): Promise<Failure | undefined> => {
  try {
    await terminal.print(help.join(''));
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
};

const failureOfAny = (error: unknown, help: readonly string[]): Failure => {
  if (!(error instanceof CommanderError)) return failureOf(error);
  // A group without a command, such as `plugwire contract`, prints its help.
  const isHelp = error.code === 'commander.help';
  const message = isHelp ? help.join('').trimEnd() : usageMessage(error.message);
  return { kind: 'usage', code: isHelp ? undefined : error.code.replace('commander.', ''), message };
};

/** The message of commander without its prefix `error: `, which is printed anyway. */
const usageMessage = (message: string): string =>
  `${message.replace(/^error: /, '')}${/[.?)]$/.test(message) ? '' : '.'} Run the command with --help.`;

/** Prints a failure: as text on the standard error, or with `--json` on the standard output. */
const report = async (terminal: Terminal, failure: Failure, isJson: boolean): Promise<void> => {
  const { warnStyle: style, columns } = terminal;
  const { kind, code, message } = failure;
  if (isJson)
    await terminal.print(`${indentJson({ error: { kind, code, message } })}\n`).catch(() => undefined);
  if (isJson) return;
  const text = plainText(message, true);
  const label = `${style.red('error')} ${style.bold(code ?? kind)}: `;
  terminal.warn(code === undefined && kind === 'usage' ? text : wrapText(label + text, columns).join('\n'));
};
