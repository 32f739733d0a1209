import { type CheckedConfig, checkConfig } from '../config-check/check-config.ts';
import { loadContracts, loadHostFunctions } from '../contracts/load-contracts.ts';
import { CommandError } from '../base/failure.ts';
import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';
import { layTable, wrapText } from '../output/table.ts';
import { type AddCommand, createCommand, createGroup } from './command.ts';

interface ConfigCheckOptions {
  readonly contract?: string;
  readonly host?: string;
}

/** `plugwire config`: checks the configuration file of a host. */
export const addConfig: AddCommand = (program, act) => {
  const group = createGroup(program, 'config', 'checks the configuration file of a host');
  createCommand(group, {
    name: 'check',
    summary: 'checks a configuration file and prints what it would load',
    description:
      'Reads a configuration file as a host does, and reports each problem with its line. Prints what a host would load with it, and ' +
      'checks the files and settings of the plugins. With --contract it also loads each plugin, as a host would.',
    examples: [
      'plugwire config check plugwire.toml',
      'plugwire config check plugwire.toml --contract contracts.ts',
    ],
  })
    .argument('[file]', 'the configuration file (default: PLUGWIRE_CONFIG, or plugwire.toml)')
    .option(
      '-c, --contract <file>',
      'loads each plugin for these contracts: .ts, .js or .json, load-balancer or intercept',
    )
    .option('--host <module>', 'a module that exports host functions')
    .action(
      act(async (_, file: string | undefined, { contract, host }: ConfigCheckOptions) => {
        if (host !== undefined && contract === undefined)
          throw new CommandError(
            'usage',
            '--host is given without --contract, and no plugin is loaded without contracts. Add --contract, or remove --host.',
          );
        const loaded = contract === undefined ? undefined : await loadContracts(contract);
        const hostFunctions = await loadHostFunctions(host);
        const checked = await checkConfig(
          file,
          loaded === undefined ? undefined : { contracts: loaded.contracts, hostFunctions },
        );
        const { plan, problems } = checked;
        return {
          exit: problems.length === 0 ? 'ok' : 'input',
          data: { file: checked.file, plan, problems },
          text: (style, columns) => render(checked, style, columns),
        };
      }),
    );
};

const render = (
  { file, plugins, plan, problems }: CheckedConfig,
  style: Style,
  columns: number,
): string[] => [
  style.bold(file),
  ...layTable(
    plan.map(({ action, plugin }) => {
      const { path, carrier = '', capabilities = [], disabled = false } = plugins[plugin] ?? {};
      const notes = [
        ...(capabilities.length === 0 ? [] : [`grants ${capabilities.join(', ')}`]),
        ...(disabled ? ['disabled'] : []),
      ];
      return [`  ${action}`, plugin, path ?? carrier, style.dim(notes.join('; '))];
    }),
  ),
  ...problems.flatMap(({ plugin, code, message }) =>
    ['', `${style.red('error')} ${style.bold(plugin)}${code === undefined ? '' : ` ${code}`}`].concat(
      wrapText(plainText(message), columns, '  '),
    ),
  ),
  '',
  problems.length === 0
    ? style.green(`correct: ${plan.length} to load`)
    : style.red(`${problems.length} of ${plan.length} cannot be loaded`),
];
