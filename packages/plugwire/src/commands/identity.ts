import { readFile } from 'node:fs/promises';

import { describeModule } from '@plugwire/runtime';

import { CommandError } from '../base/failure.ts';
import { replaceIdentity } from '../identity/replace-identity.ts';
import { writeOutput } from '../output/write-output.ts';
import { type AddCommand, createCommand } from './command.ts';

interface IdentityOptions {
  readonly name: string;
  readonly version: string;
  readonly output?: string;
}

/** `plugwire identity`: writes the name and the version of a plugin into its module. */
export const addIdentity: AddCommand = (program, act) => {
  createCommand(program, {
    name: 'identity',
    summary: 'adds the identity to a plugin, or replaces it',
    description:
      'Writes the identity section, which every plugin needs: its name and its version. It works with modules of any language. An identity that ' +
      'already exists is replaced. The file is either replaced as a whole or left unchanged.',
    examples: [
      'plugwire identity greeter.wasm --name greeter --version 1.0.0',
      'plugwire identity build/out.wasm --name greeter --version 1.0.0 --output greeter.wasm',
    ],
  })
    .argument('<file>', 'a .wasm file')
    .requiredOption('--name <name>', 'the plugin’s name: a to z, digits, - and _, at most 64 bytes')
    .requiredOption('--version <version>', 'the plugin’s version: 1 to 32 bytes, such as 1.0.0')
    .option('-o, --output <file>', 'the file to write (default: the file itself)')
    .action(
      act(async (_, file: string, { name, version, output = file }: IdentityOptions) => {
        const source = await readFile(file);
        const result = replaceIdentity(source, name, version);
        if (result === undefined) throw new CommandError('plugin', `${file}: ${explain(source)}`, 'not_wasm');
        await writeOutput(output, result.bytes);
        const { identity, bytes, replaced } = result;
        return {
          exit: 'ok',
          data: { file, output, identity, bytes: bytes.length, replaced },
          text: () => [
            `${output}: ${replaced === 0 ? 'added' : 'replaced'} the identity ${identity.plugin_name} ${identity.plugin_version}`,
          ],
        };
      }),
    );
};

const explain = (source: Uint8Array): string => {
  const described = describeModule(source);
  return described.ok
    ? 'the sections of the module are malformed: build or copy it again.'
    : described.message;
};
