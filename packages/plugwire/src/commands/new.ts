import { join } from 'node:path';

import {
  generateKit,
  generateProject,
  LANGUAGES,
  type Language,
  MANIFEST_FILE,
  writeManifest,
} from '@plugwire/pdk';
import { writeDescription } from '@plugwire/wire';
import { Option } from 'commander';

import { describeFrom } from '../contracts/load-contracts.ts';
import { createFolder } from '../project/create-folder.ts';
import { exampleContracts } from '../project/example-contract.ts';
import { type AddCommand, createCommand } from './command.ts';

interface NewOptions {
  readonly language: Language;
  readonly contract?: string;
  readonly host?: string;
  readonly function?: string[];
  readonly capability?: string[];
  readonly folder?: string;
  readonly pluginVersion: string;
}

/** The name of the contracts file in the folder of a plugin. */
const CONTRACTS_FILE = 'contracts.json';

/** `plugwire new`: creates a folder with a plugin that builds and loads. */
export const addNew: AddCommand = (program, act) => {
  createCommand(program, {
    name: 'new',
    summary: 'creates a plugin: source, kit, build script, test, README',
    description:
      'Creates a folder with a plugin that builds and loads. It has a handler for each function, which returns the sample of the ' +
      'contract, the kit, a build script, a test and a README. Without --contract the plugin has one function, greet.',
    examples: [
      'plugwire new greeter --language assemblyscript',
      'plugwire new blur --language rust --contract contracts.ts --function filter_image',
    ],
  })
    .argument('<name>', 'the name of the plugin, such as greeter')
    .addOption(
      new Option('-l, --language <language>', 'the language of the plugin')
        .choices(LANGUAGES)
        .makeOptionMandatory(),
    )
    .option('-c, --contract <file>', 'a contracts.json, or a module that exports contracts')
    .option('--host <module>', 'a module that exports host functions, so that the kit can call them')
    .option('--function <name...>', 'implements only these: greet, or greet@2 for one version')
    .option('--capability <name...>', 'capabilities that the plugin requires, such as log')
    .option('--folder <path>', 'the folder to create (default: the name)')
    .option('--plugin-version <version>', 'the version of the plugin', '0.1.0')
    .action(
      act(async (_, name: string, options: NewOptions) => {
        const {
          language,
          contract,
          host,
          function: functions,
          capability: capabilities,
          folder = name,
        } = options;
        const contracts = contract === undefined ? exampleContracts() : await describeFrom(contract, host);
        const chosen = {
          ...(functions === undefined ? {} : { functions }),
          ...(capabilities === undefined ? {} : { capabilities }),
        };
        const plugin = { name, version: options.pluginVersion };
        const kit = { contracts, language, plugin, ...chosen };
        const manifest = writeManifest({ ...plugin, language, contracts: CONTRACTS_FILE, ...chosen });
        const files = [
          { path: MANIFEST_FILE, text: manifest },
          { path: CONTRACTS_FILE, text: writeDescription(contracts) },
          ...generateProject(kit),
          ...generateKit(kit),
        ];
        await createFolder(folder, files);
        const [first] = contracts.contracts;
        const called = functions?.[0]?.split('@')[0] ?? first?.name ?? '';
        return {
          exit: 'ok',
          data: { folder, language, files: files.map(({ path }) => path) },
          text: (style) => [
            `${style.green('created')} ${join(folder, '/')} with ${files.length} files`,
            '',
            'Next:',
            `  cd ${folder}`,
            // Only AssemblyScript has its compiler on npm.
            ...(language === 'assemblyscript' ? ['  npm install'] : []),
            '  ./build.sh',
            `  npx plugwire verify ${name}.wasm --contract ${CONTRACTS_FILE}`,
            `  npx plugwire call ${name}.wasm ${called} --contract ${CONTRACTS_FILE}`,
          ],
        };
      }),
    );
};
