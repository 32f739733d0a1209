import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import {
  generateKit,
  kitFolder,
  LANGUAGES,
  type Language,
  MANIFEST_FILE,
  type PluginManifest,
  readManifest,
  writeManifest,
} from '@plugwire/pdk';
import {
  compareContracts,
  type ContractChange,
  type ContractsDescription,
  readDescription,
  writeDescription,
} from '@plugwire/wire';
import { Option } from 'commander';

import { describeFrom } from '../contracts/load-contracts.ts';
import { CommandError } from '../base/failure.ts';
import type { Style } from '../output/style.ts';
import {
  applyFileChanges,
  type FileChanges,
  findFileChanges,
  undefinedIfMissing,
} from '../project/update-files.ts';
import { type AddCommand, createCommand } from './command.ts';

interface GenerateOptions {
  readonly folder: string;
  readonly contract?: string;
  readonly host?: string;
  readonly language?: Language;
  readonly name?: string;
  readonly pluginVersion?: string;
  readonly function?: string[];
  readonly capability?: string[];
  readonly check?: boolean;
}

/** `plugwire generate`: generates the kit of a plugin again, after its contract changed. */
export const addGenerate: AddCommand = (program, act) => {
  createCommand(program, {
    name: 'generate',
    summary: 'generates the kit again, and shows what changed in the contract',
    description:
      'Generates the kit of the plugin in a folder from its plugwire.json and contracts.json. With --contract it uses new ' +
      'contracts, and shows what changed and whether plugins that are already built still work with them. It does not change your own files. ' +
      'In a folder without plugwire.json, --contract, --language and --name are required.',
    examples: [
      'plugwire generate --contract ../host/contracts.ts',
      'plugwire generate --check',
      'plugwire generate --folder plugin --contract contracts.json --language go --name greeter',
    ],
  })
    .option('--folder <path>', 'the folder of the plugin', '.')
    .option(
      '-c, --contract <file>',
      'the new contracts: a contracts.json, or a module that exports contracts',
    )
    .addOption(new Option('-l, --language <language>', 'changes the language of the kit').choices(LANGUAGES))
    .option('--name <name>', 'changes the name of the plugin')
    .option('--plugin-version <version>', 'changes the version of the plugin')
    .option('--host <module>', 'a module that exports host functions, so that the kit can call them')
    .option('--function <name...>', 'implements only these: greet, or greet@2 for one version')
    .option('--capability <name...>', 'capabilities that the plugin requires, such as log')
    .option('--check', 'writes nothing, and exits with 1 if a file would change')
    .action(
      act(async (_, options: GenerateOptions) => {
        const { folder, check: isCheck = false } = options;
        const manifest = mergeManifest(await readText(folder, MANIFEST_FILE), options);
        const olderText = await readText(folder, manifest.contracts);
        const older = olderText === undefined ? undefined : readDescription(olderText);
        const newer = await chooseContracts(older, manifest, options);
        const { name, version, language, contracts, ...chosen } = manifest;
        const files = [
          ...generateKit({ contracts: newer, language, plugin: { name, version }, ...chosen }),
          { path: contracts, text: writeDescription(newer) },
          { path: MANIFEST_FILE, text: writeManifest(manifest) },
        ];
        const changes = await findFileChanges(folder, kitFolder(language), files);
        if (!isCheck) await applyFileChanges(folder, files, changes);
        const contractChanges = older === undefined ? [] : compareContracts(older, newer);
        const isStale = isCheck && changes.written.length + changes.removed.length > 0;
        return {
          exit: isStale ? 'plugin' : 'ok',
          data: { folder, language, files: changes, contract: contractChanges },
          text: (style) => [
            ...renderContract(contractChanges, style),
            ...renderFiles(changes, isCheck, style),
          ],
        };
      }),
    );
};

const readText = async (folder: string, file: string): Promise<string | undefined> =>
  await readFile(join(folder, file), 'utf8').catch(undefinedIfMissing);

/** The manifest of the folder, with the changes from the command line. */
const mergeManifest = (text: string | undefined, options: GenerateOptions): PluginManifest => {
  const found = text === undefined ? undefined : readManifest(text);
  const name = options.name ?? found?.name;
  const language = options.language ?? found?.language;
  if (name === undefined || language === undefined)
    throw new CommandError(
      'usage',
      `${options.folder} has no ${MANIFEST_FILE}. Pass --contract, --language and --name, choose the folder with --folder, or create a plugin with "plugwire new".`,
      'no_manifest',
    );
  const functions = options.function ?? found?.functions;
  const capabilities = options.capability ?? found?.capabilities;
  return {
    name,
    version: options.pluginVersion ?? found?.version ?? '0.1.0',
    language,
    contracts: found?.contracts ?? 'contracts.json',
    ...(functions === undefined ? {} : { functions }),
    ...(capabilities === undefined ? {} : { capabilities }),
  };
};

const chooseContracts = async (
  older: ContractsDescription | undefined,
  manifest: PluginManifest,
  { folder, contract, host }: GenerateOptions,
): Promise<ContractsDescription> => {
  if (contract !== undefined) return describeFrom(contract, host);
  if (older !== undefined) return older;
  throw new CommandError(
    'input',
    `${join(folder, manifest.contracts)} does not exist. Pass the contracts with --contract.`,
    'no_contracts',
  );
};

const renderContract = (changes: readonly ContractChange[], style: Style): readonly string[] =>
  changes.map(
    ({ message, breaksPlugins }) =>
      `${breaksPlugins ? style.yellow('breaking') : style.green('fits')}  ${message}`,
  );

const renderFiles = (
  { written, removed, unchanged }: FileChanges,
  isCheck: boolean,
  style: Style,
): readonly string[] => [
  ...written.map((path) => `${style.cyan(isCheck ? 'differs' : 'written')}  ${path}`),
  ...removed.map((path) => `${style.cyan(isCheck ? 'left over' : 'removed')}  ${path}`),
  `${unchanged.length} files are up to date.`,
];
