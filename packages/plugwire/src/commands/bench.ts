import { type BenchSettings, type BenchSubject, benchPlugins } from '../measure/bench-plugins.ts';
import type { BenchResult } from '../measure/bench-result.ts';
import { compareResults, findSlower } from '../measure/compare-results.ts';
import { readResult } from '../measure/read-result.ts';
import { renderBench } from '../measure/render-bench.ts';
import { CommandError } from '../base/failure.ts';
import type { Terminal } from '../output/terminal.ts';
import { openPlugin } from '../plugin/open-plugin.ts';
import {
  addPluginOptions,
  type PluginOptions,
  type PluginSetup,
  positiveNumber,
  positiveWhole,
  readPluginOptions,
} from '../plugin/plugin-options.ts';
import { withPatience } from '../plugin/patience.ts';
import { readRequest } from '../plugin/read-request.ts';
import { type AddCommand, createCommand } from './command.ts';

interface BenchOptions extends PluginOptions {
  readonly request?: string;
  readonly calls: number;
  readonly seconds: number;
  readonly against?: string;
  readonly tolerance?: number;
}

/** `plugwire bench`: measures the time, fuel and memory of calls. */
export const addBench: AddCommand = (program, act) => {
  const command = createCommand(program, {
    name: 'bench',
    summary: 'measures calls of a plugin, and compares them with another plugin or an earlier result',
    description:
      'Calls functions of a plugin many times, with the contract’s samples or with one request. Shows percentiles of the time, the fuel, the ' +
      'memory and a plot. With --against it compares two plugins, which are called in turns on the same machine, or a plugin with an earlier result.',
    examples: [
      'plugwire bench greeter.wasm --contract contracts.ts',
      'plugwire bench new.wasm greet --request request.json --against old.wasm',
      'plugwire bench greeter.wasm --json > before.json; plugwire bench greeter.wasm --against before.json',
    ],
  })
    .argument('<file>', 'a .wasm file')
    .argument('[function]', 'the function to measure (default: every function that the plugin serves)')
    .option(
      '-r, --request <file>',
      'a file with the request as JSON, or - for the standard input (default: the contract’s sample)',
    )
    .option('--calls <number>', 'the number of calls of each function', positiveWhole, 5000)
    .option('--seconds <number>', 'the longest time to measure one function', positiveNumber, 10)
    .option('--against <file>', 'another .wasm file, or a .json file that bench --json printed')
    .option(
      '--tolerance <percent>',
      'exits with 1 if the median time or the fuel grew by more than this',
      positiveNumber,
    );
  addPluginOptions(command).action(
    act(async (terminal, file: string, name: string | undefined, options: BenchOptions) => {
      checkOptions(name, options);
      const [result, against] = await measure(terminal, file, name, options);
      const changes = against === undefined ? undefined : compareResults(against, result);
      const slower = findSlower(changes ?? [], options.tolerance ?? Infinity);
      return {
        exit: result.functions.length > 0 && slower.length === 0 ? 'ok' : 'plugin',
        data: against === undefined ? result : { ...result, against: { file: against.file, changes } },
        text: (style, columns) => [
          ...renderBench(result, against, style, columns),
          ...slower.map(({ name: each }) => style.red(`${each} grew by more than ${options.tolerance} %`)),
        ],
      };
    }),
  );
};

const checkOptions = (name: string | undefined, { request, tolerance, against }: BenchOptions): void => {
  if (request !== undefined && name === undefined)
    throw new CommandError(
      'usage',
      '--request is given without a function. Name the function to call with it.',
    );
  if (tolerance !== undefined && against === undefined)
    throw new CommandError(
      'usage',
      '--tolerance is given without --against. Pass the plugin or the result to compare with.',
    );
};

const measure = async (
  terminal: Terminal,
  file: string,
  name: string | undefined,
  options: BenchOptions,
): Promise<readonly [result: BenchResult, against: BenchResult | undefined]> => {
  const setup = withPatience(await readPluginOptions(options));
  const { against: other, request } = options;
  const isResult = other !== undefined && /\.json$/i.test(other);
  const earlier = isResult ? await readResult(other) : undefined;
  await using first = await openSubject(file, setup);
  await using second = other === undefined || isResult ? undefined : await openSubject(other, setup);
  checkFunction(first, name);
  const given = request === undefined ? undefined : await readRequest(request, null, terminal.stdin);
  const settings: BenchSettings = {
    calls: options.calls,
    seconds: options.seconds,
    requestOf: ({ description }) => given ?? (description.sample.request as object),
    isWanted: (each) => name === undefined || each === name,
  };
  const progress = terminal.startProgress('measuring');
  const subjects = second === undefined ? [first] : [second, first];
  const results = await benchPlugins(subjects, settings, progress).finally(progress.end);
  const [result] = results.slice(-1) as [BenchResult];
  return [result, second === undefined ? earlier : results[0]];
};

const openSubject = async (file: string, setup: PluginSetup): Promise<BenchSubject & AsyncDisposable> => {
  const opened = await openPlugin(file, setup);
  return { file, opened, [Symbol.asyncDispose]: opened.close };
};

const checkFunction = ({ opened }: BenchSubject, name: string | undefined): void => {
  if (name === undefined || opened.functions.some((each) => each.name === name)) return;
  const known = opened.functions.map((each) => each.name).join(', ');
  throw new CommandError(
    'usage',
    `the plugin does not serve ${name}. Expected one of ${known}.`,
    'not_negotiated',
  );
};
