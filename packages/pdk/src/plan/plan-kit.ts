import {
  checkIdentity,
  type ContractDescription,
  type ContractsDescription,
  IDENTITY_MAGIC,
  ABI_ENVELOPE,
} from '@plugwire/wire';

import type { Language } from '../base/language.ts';
import { PdkError } from '../base/pdk-error.ts';
import { planHostFunctions } from './host-function-plans.ts';
import type { FunctionPlan, KitPlan, PluginPlan, VersionPlan, Words } from './kit-plan.ts';
import { markRecursive } from './mark-recursive.ts';
import { sampleText } from './sample-text.ts';
import { createTypePlanner, type TypePlanner } from './type-planner.ts';
import { createNames, wordsOf } from './words.ts';

/** The options of `generateKit` and `generateProject`. */
export interface KitOptions {
  /** The result of `describeContracts`, or of `readDescription` for a contracts.json. */
  readonly contracts: ContractsDescription;
  readonly language: Language;
  /** The identity of the plugin: a name that matches `^[a-z][a-z0-9_-]*$`, at most 64 bytes, and a version of at most 32 bytes. */
  readonly plugin: PluginPlan;
  /** The functions that the plugin implements. Default: all. `greet` means all versions of `greet`, `greet@2` means version 2. */
  readonly functions?: readonly string[] | undefined;
  /**
   * The capabilities that the plugin requires: `log`, `metrics`, `storage`, `clock`, `random`, and those of the host's own functions.
   * Default: none.
   */
  readonly capabilities?: readonly string[] | undefined;
}

/**
 * Plans a kit: selects functions and versions, and gives every type a name.
 *
 * Throws {@link PdkError}: `bad_plugin`, `unknown_function`, `unknown_capability`, `unsupported_shape`.
 */
export const planKit = ({
  contracts,
  language,
  plugin,
  functions,
  capabilities = [],
}: KitOptions): KitPlan => {
  checkPlugin(plugin);
  const planner = createTypePlanner(language);
  const chosen = chooseVersions(contracts.contracts, functions);
  const nameHandler = createHandlerNames();
  for (const { contract, versions } of chosen)
    for (const { version } of versions)
      for (const side of ['request', 'response'] as const)
        planner.reserve([...nameHandler(contract.name, version), side]);
  const planned = chosen.map((each) => planFunction(each, planner, nameHandler));
  const hostFunctions = planHostFunctions(contracts.hostFunctions, capabilities, planner);
  markRecursive(planner.types);
  return {
    language,
    plugin,
    functions: planned,
    types: planner.types,
    hostFunctions,
    capabilities: [...new Set(capabilities)].toSorted(),
  };
};

interface Chosen {
  readonly contract: ContractDescription;
  readonly versions: ContractDescription['versions'];
}

const checkPlugin = ({ name, version }: PluginPlan): void => {
  const payload = {
    magic: [...IDENTITY_MAGIC],
    abi_envelope: ABI_ENVELOPE,
    plugin_name: name,
    plugin_version: version,
  };
  const checked = checkIdentity(JSON.stringify(payload));
  if (!checked.ok) throw new PdkError('bad_plugin', `the plugin's identity: ${checked.message}`);
};

const chooseVersions = (
  contracts: readonly ContractDescription[],
  functions: readonly string[] | undefined,
): readonly Chosen[] => {
  if (functions === undefined)
    return contracts.map((contract) => ({ contract, versions: contract.versions }));
  for (const named of functions) {
    const [name, version] = named.split('@');
    const contract = contracts.find((each) => each.name === name);
    const isKnown =
      version === undefined || contract?.versions.some((each) => String(each.version) === version);
    if (contract === undefined || isKnown !== true)
      throw new PdkError(
        'unknown_function',
        `functions names ${JSON.stringify(named)}: expected ${contract === undefined ? `one of ${contracts.map((each) => each.name).join(', ')}` : `a version of ${contract.versions.map((each) => each.version).join(', ')}`}. Correct the name, or export the contracts again.`,
      );
  }
  return contracts
    .map((contract) => ({
      contract,
      versions: contract.versions.filter(
        ({ version }) =>
          functions.includes(contract.name) || functions.includes(`${contract.name}@${version}`),
      ),
    }))
    .filter(({ versions }) => versions.length > 0);
};

type HandlerNames = (name: string, version: number) => Words;

/** Gives each handler a unique name. Version 2 of `greet` and version 1 of `greet_v2` get different names. */
const createHandlerNames = (): HandlerNames => {
  const given = new Map<string, Words>();
  const take = createNames();
  return (name, version) => {
    const words = wordsOf(name, 'function');
    const key = `${name}@${version}`;
    const known = given.get(key) ?? take(version === 1 ? words : [...words, `v${version}`]);
    given.set(key, known);
    return known;
  };
};

const planFunction = (
  { contract, versions }: Chosen,
  planner: TypePlanner,
  nameHandler: HandlerNames,
): FunctionPlan => ({
  name: contract.name,
  ...(contract.description === undefined ? {} : { description: contract.description }),
  fallback: contract.fallback,
  versions: versions.map(({ version, request, response, sample }): VersionPlan => {
    const type = (side: 'request' | 'response', message: typeof request) =>
      planner.planMessage(
        [...nameHandler(contract.name, version), side],
        message,
        `${contract.name} ${version}, ${side}`,
      );
    const requestType = type('request', request);
    const responseType = type('response', response);
    return {
      version,
      words: nameHandler(contract.name, version),
      request: requestType,
      response: responseType,
      sample: {
        request: sampleText(sample.request, requestType),
        response: sampleText(sample.response, responseType),
      },
    };
  }),
});
