import { findAdvice } from '../advice/find-advice.ts';
import { CommandError, plainMessage } from '../base/failure.ts';
import { showBytes, showCount, showMs } from '../output/units.ts';
import { plainText } from '../output/plain-text.ts';
import { layTable, wrapText } from '../output/table.ts';
import { callFunction, type WireCall } from '../plugin/call-function.ts';
import { createLineLogger } from '../plugin/line-logger.ts';
import { type OpenedPlugin, openPlugin, type ServedFunction } from '../plugin/open-plugin.ts';
import { addPluginOptions, type PluginOptions, readPluginOptions } from '../plugin/plugin-options.ts';
import { readRequest } from '../plugin/read-request.ts';
import { indentJson } from '@plugwire/wire';
import { type AddCommand, type CommandResult, createCommand } from './command.ts';

interface CallOptions extends PluginOptions {
  readonly request?: string;
}

/** `plugwire call`: calls one function once. */
export const addCall: AddCommand = (program, act) => {
  const command = createCommand(program, {
    name: 'call',
    summary: 'calls one function of a plugin once',
    description:
      'Loads a plugin, calls one of its functions with a request, and prints the outcome, the fuel, the memory and the time. ' +
      'The request is JSON, in the format of the wire. Log lines of the plugin go to the standard error.',
    examples: [
      'plugwire call greeter.wasm greet --contract contracts.ts',
      'plugwire call greeter.wasm greet --request request.json',
      `echo '{"name":"Ada"}' | plugwire call greeter.wasm greet --request -`,
    ],
  });
  command
    .argument('<file>', 'a .wasm file')
    .argument('<function>', 'the name of a function of the contract')
    .option(
      '-r, --request <file>',
      'a file with the request as JSON, or - for the standard input (default: the contract’s sample)',
    );
  addPluginOptions(command).action(
    act(async (terminal, file: string, name: string, options: CallOptions) => {
      const setup = await readPluginOptions(options);
      await using opened = await openPlugin(file, setup, createLineLogger(terminal));
      const served = findFunction(opened, name);
      const request = await readRequest(options.request, served.description.sample.request, terminal.stdin);
      return resultOf(served, callFunction(opened.plugin, served, request));
    }),
  );
};

const findFunction = ({ functions }: OpenedPlugin, name: string): ServedFunction => {
  const served = functions.find((each) => each.name === name);
  if (served !== undefined) return served;
  const known = functions.map((each) => each.name).join(', ');
  throw new CommandError(
    'usage',
    `the plugin does not serve ${name}. Expected one of ${known}.`,
    'not_negotiated',
  );
};

const resultOf = ({ name, version }: ServedFunction, call: WireCall): CommandResult => {
  const { ok, response, error, policy, fuel, memoryBytes, durationMs } = call;
  const advice = error === undefined ? undefined : findAdvice(error.stage, error.code);
  const isPluginsFault = error?.stage !== 'request_envelope' && error?.stage !== 'serialize_request';
  return {
    exit: ok ? 'ok' : isPluginsFault ? 'plugin' : 'input',
    data: {
      function: name,
      version,
      outcome: ok ? 'ok' : 'fallback',
      response,
      policy,
      error: error === undefined ? undefined : { ...error, advice },
      fuel,
      memoryBytes,
      durationMs,
    },
    text: (style, columns) => [
      `${name} at version ${version}: ${ok ? style.green('ok') : style.red(`fallback ${policy}`)}`,
      ...(response === undefined ? [] : indentJson(response).split('\n')),
      ...(error === undefined
        ? []
        : [
            style.bold(`${error.stage}/${error.code}`),
            ...wrapText(plainText(`${plainMessage(error.message)}.`), columns, '  '),
            ...wrapText(advice ?? '', columns, '  '),
          ]),
      '',
      ...layTable([
        [style.dim('fuel'), showCount(fuel)],
        [style.dim('memory'), showBytes(memoryBytes)],
        [style.dim('time'), showMs(durationMs)],
      ]),
    ],
  };
};
