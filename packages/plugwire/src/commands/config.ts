import { type CheckedConfig, checkConfig } from '../config-check/check-config.ts';
import type { Style } from '../output/style.ts';
import { layTable, wrapText } from '../output/table.ts';
import { type AddCommand, createCommand, createGroup } from './command.ts';

/** `plugwire config`: the configuration file of a host. */
export const addConfig: AddCommand = (program, act) => {
  const group = createGroup(program, 'config', 'checks the configuration file of a host');
  createCommand(group, {
    name: 'check',
    summary: 'checks a configuration file and prints what it would load',
    description:
      'Reads a configuration file as a host does, with the line of everything that is wrong. Prints the plan of a host that starts with it, and ' +
      'looks at the files of the plugins. No plugin is loaded.',
    examples: ['plugwire config check plugwire.toml'],
  })
    .argument('[file]', 'the configuration (default: PLUGWIRE_CONFIG, or plugwire.toml)')
    .action(
      act(async (_, file: string | undefined) => {
        const checked = await checkConfig(file);
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
      const { path, capabilities = [], disabled = false } = plugins[plugin] ?? {};
      const notes = [
        ...(capabilities.length === 0 ? [] : [`grants ${capabilities.join(', ')}`]),
        ...(disabled ? ['disabled'] : []),
      ];
      return [`  ${action}`, plugin, path ?? '', style.dim(notes.join('; '))];
    }),
  ),
  ...problems.flatMap(({ plugin, message }) => [
    '',
    `${style.red('error')} ${style.bold(plugin)}`,
    ...wrapText(message, columns, '  '),
  ]),
  '',
  problems.length === 0
    ? style.green(`correct: ${plan.length} to load`)
    : style.red(`${problems.length} of ${plan.length} cannot be loaded`),
];
