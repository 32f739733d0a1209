import { writeDescription } from '@plugwire/wire';

import { describeAll, loadContracts, loadHostFunctions } from '../contracts/load-contracts.ts';
import { writeDocs } from '../contracts/write-docs.ts';
import { writeOutput } from '../output/write-output.ts';
import { type AddCommand, type CommandResult, createCommand, createGroup } from './command.ts';

interface ContractOptions {
  readonly host?: string;
  readonly output?: string;
}

/** `plugwire contract`: exports and documents the contracts of a host for plugin authors. */
export const addContract: AddCommand = (program, act) => {
  const group = createGroup(program, 'contract', 'exports contracts for plugin authors, and documents them');

  createCommand(group, {
    name: 'export',
    summary: 'prints contracts as one JSON file for plugin authors',
    description:
      'Prints the contracts as they are on the wire. This is the one file that plugin authors need; using it does not need TypeScript. ' +
      'The same contracts always give the same bytes.',
    examples: [
      'plugwire contract export contracts.ts > contracts.json',
      'plugwire contract export contracts.ts --host host-functions.ts --output contracts.json',
    ],
  })
    .argument(
      '<contracts>',
      'a module that exports contracts, a contracts.json, or the word load-balancer or intercept',
    )
    .option('--host <module>', 'a module that exports host functions, to describe them too')
    .option('-o, --output <file>', 'the file to write (default: the standard output)')
    .action(
      act(async (_, file: string, { host, output }: ContractOptions) => {
        const description = describeAll(await loadContracts(file), await loadHostFunctions(host));
        return await resultOf(description, writeDescription(description), output);
      }),
    );

  createCommand(group, {
    name: 'docs',
    summary: 'prints documentation of contracts in Markdown',
    description:
      'Prints documentation of contracts in Markdown: each function with its versions, the keys of its messages with their ' +
      'descriptions, and samples.',
    examples: ['plugwire contract docs contracts.ts > contracts.md'],
  })
    .argument(
      '<contracts>',
      'a module that exports contracts, a contracts.json, or the word load-balancer or intercept',
    )
    .option('--host <module>', 'a module that exports host functions, to describe them too')
    .option('-o, --output <file>', 'the file to write (default: the standard output)')
    .action(
      act(async (_, file: string, { host, output }: ContractOptions) => {
        const markdown = writeDocs(describeAll(await loadContracts(file), await loadHostFunctions(host)));
        return await resultOf({ markdown }, markdown, output);
      }),
    );
};

/** Writes the text to a file or to the standard output. */
const resultOf = async (data: unknown, text: string, output: string | undefined): Promise<CommandResult> => {
  if (output === undefined) return { exit: 'ok', data, text: () => [text.replace(/\n$/, '')] };
  await writeOutput(output, text);
  return { exit: 'ok', data: { output, bytes: Buffer.byteLength(text) }, text: () => [`wrote ${output}`] };
};
