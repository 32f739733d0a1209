import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';
import { layTable, wrapText } from '../output/table.ts';
import { showCount } from '../output/units.ts';
import { type HostStatus, readStatus } from '../status/read-status.ts';
import { type AddCommand, createCommand } from './command.ts';

/** `plugwire status`: shows the state of the plugins of a running host. */
export const addStatus: AddCommand = (program, act) => {
  createCommand(program, {
    name: 'status',
    summary: 'shows the state of the plugins of a running host',
    description:
      'Requests the health of a host from its admin server (GET /health), and shows each plugin with its version, breaker and recent fallbacks. The ' +
      'exit code is 1 unless the host is ready.',
    examples: ['plugwire status http://127.0.0.1:9090'],
  })
    .argument('<url>', 'the address of the admin server')
    .action(
      act(async (_, url: string) => {
        const status = await readStatus(url);
        return {
          exit: status.status === 'ready' ? 'ok' : 'plugin',
          data: status,
          text: (style, columns) => render(status, style, columns),
        };
      }),
    );
};

const HEADER = ['  plugin', 'state', 'version', 'functions', 'breaker', 'dispatches', 'fallbacks'];
const ALIGNMENTS = ['left', 'left', 'left', 'left', 'left', 'right', 'right'] as const;

const render = ({ status, plugins }: HostStatus, style: Style, columns: number): string[] => [
  `the host is ${status === 'ready' ? style.green(status) : style.red(plainText(status))}`,
  ...(plugins.length === 0
    ? []
    : [
        '',
        ...layTable(
          [HEADER.map((text) => style.dim(text)), ...plugins.map((plugin) => rowOf(plugin, style))],
          ALIGNMENTS,
        ),
      ]),
  ...plugins.flatMap(({ name, canary, lastFailure }) => [
    ...(canary === undefined
      ? []
      : [
          '',
          plainText(
            `${name}: canary ${canary.version}, ${100 * canary.share} % of the requests, ${canary.status}`,
          ),
        ]),
    ...(lastFailure === undefined
      ? []
      : [
          '',
          `${style.yellow('last failure')} ${plainText(`${name}: ${lastFailure.stage}/${lastFailure.code}`)}`,
          ...wrapText(plainText(lastFailure.message), columns, '  '),
        ]),
  ]),
];

const rowOf = (plugin: HostStatus['plugins'][number], style: Style): string[] => {
  const { name, state, version, functions, breaker = '-', recent } = plugin;
  return [
    `  ${plainText(name)}`,
    state === 'serving' ? style.green(state) : style.yellow(plainText(state)),
    version === undefined ? '-' : plainText(`${version.version} (${version.sha256.slice(0, 8)})`),
    plainText(
      Object.entries(functions)
        .map(([each, at]) => `${each} ${at}`)
        .join(', '),
    ) || '-',
    breaker === 'closed' || breaker === '-' ? breaker : style.red(plainText(breaker)),
    recent === undefined ? '-' : showCount(recent.dispatches),
    recent === undefined
      ? '-'
      : `${showCount(recent.fallbacks)} (${(100 * recent.fallbackShare).toFixed(1)} %)`,
  ];
};
