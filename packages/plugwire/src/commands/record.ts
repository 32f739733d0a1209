import { formatRecordings, type Recording } from '@plugwire/runtime';

import { plainText } from '../output/plain-text.ts';
import type { Style } from '../output/style.ts';
import { layTable } from '../output/table.ts';
import { showBytes, showCount } from '../output/units.ts';
import { writeOutput } from '../output/write-output.ts';
import { positiveWhole } from '../plugin/plugin-options.ts';
import { MOST_BYTES, readRecordings } from '../recording/read-recordings.ts';
import { type AddCommand, createCommand } from './command.ts';

interface RecordOptions {
  readonly output: string;
  readonly plugin?: string;
  readonly function?: string;
  readonly calls?: number;
  readonly bytes: number;
}

/** `plugwire record`: downloads recorded calls from a running host. */
export const addRecord: AddCommand = (program, act) => {
  createCommand(program, {
    name: 'record',
    summary: 'downloads recorded calls from a running host',
    description:
      'Requests the recorded calls from the admin server of a host (GET /recordings), and writes them to a file for plugwire replay. A ' +
      'host records only the functions that its configuration names, through a redactor. With a file instead of a URL, it selects calls from that file.',
    examples: [
      'plugwire record http://127.0.0.1:9090 --output calls.jsonl',
      'plugwire record http://127.0.0.1:9090 --plugin greeter --calls 50 --output greeter.jsonl',
      'plugwire record calls.jsonl --function greet --output greet.jsonl',
    ],
  })
    .argument('<source>', 'the address of an admin server, or a file of recordings')
    .requiredOption('-o, --output <file>', 'the file to write')
    .option('--plugin <name>', 'only the calls of this plugin')
    .option('--function <name>', 'only the calls of this function')
    .option('--calls <number>', 'only the latest calls of each function', positiveWhole)
    .option('--bytes <number>', 'the most bytes to read', positiveWhole, MOST_BYTES)
    .action(
      act(async (_, source: string, { output, ...filter }: RecordOptions) => {
        const recordings = await readRecordings(source, filter);
        const text = formatRecordings(recordings);
        await writeOutput(output, text);
        return {
          exit: 'ok',
          data: {
            output,
            recordings: recordings.map(({ header, calls }) => ({ ...header, calls: calls.length })),
          },
          text: (style) => render(recordings, `${output} (${showBytes(Buffer.byteLength(text))})`, style),
        };
      }),
    );
};

const render = (recordings: readonly Recording[], output: string, style: Style): string[] => [
  ...layTable(
    [
      ['  plugin', 'version', 'function', 'calls'].map((text) => style.dim(text)),
      ...recordings.map(({ header, calls }) => [
        `  ${plainText(header.plugin)}`,
        plainText(`${header.pluginVersion} (${header.sha256.slice(0, 8)})`),
        plainText(header.function),
        showCount(calls.length),
      ]),
    ],
    ['left', 'left', 'left', 'right'],
  ),
  '',
  style.green(`written to ${output}`),
];
