import { behave, buildPlugin, type FunctionDescription } from '@plugwire/pdk-fixtures';
import { type ResponseOf, stringifyExactJson, type WireFunction } from '@plugwire/wire';

import { ladderOf, rungOf, sampleAnswer, wireForm } from './sample-message.ts';

/** The name and version in a plugin's identity. */
export interface PluginNaming {
  /** The name in the identity. The plugin is loaded under this name unless you give `host.load` another. */
  readonly name?: string;
  /** The version in the identity, such as `2.0.0`, for tests of swaps. Default: `1.0.0`. */
  readonly pluginVersion?: string;
}

/** Returns the identity with this name and version. */
export const identityOf = (name: string, pluginVersion = '1.0.0') => ({
  plugin_name: name,
  plugin_version: pluginVersion,
});

/**
 * Builds a healthy WebAssembly plugin that answers each of the contracts with its sample response.
 *
 * Rejects with `PlugwireUsageError` `bad_function` for a value that is not a contract.
 *
 * @example await using test = await openTestPlugin(samplePlugin([filter, sign]), [filter, sign]);
 */
export const samplePlugin = async (
  contracts: readonly WireFunction[],
  { name = 'sample', pluginVersion }: PluginNaming = {},
): Promise<Uint8Array<ArrayBuffer>> =>
  await buildPlugin({
    identity: identityOf(name, pluginVersion),
    functions: Object.fromEntries(contracts.map((contract) => [contract.name, answering(contract)])),
  });

/** Options of {@link answeringPlugin}. */
export interface AnsweringPluginOptions extends PluginNaming {
  /** Other contracts that the plugin serves, with their sample responses. */
  readonly alongside?: readonly WireFunction[];
  /** The version of the contract that the plugin serves. Default: the newest. */
  readonly version?: number;
}

/** A response of the newest version is typed. A response of another version is checked when the plugin is built. */
interface AnsweringPlugin {
  <Contract extends WireFunction>(
    contract: Contract,
    response: ResponseOf<Contract>,
    options?: Omit<AnsweringPluginOptions, 'version'>,
  ): Promise<Uint8Array<ArrayBuffer>>;
  (
    contract: WireFunction,
    response: object,
    options: AnsweringPluginOptions & { readonly version: number },
  ): Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * Builds a healthy WebAssembly plugin that always answers with this response, which you give in the host's form. With `version`, the plugin
 * serves that version of the contract, and the response must be of that version. Use it to test adapters.
 *
 * Rejects with `PlugwireUsageError`: `bad_function` if `contract` is not a contract; `bad_option` for a response that does not fit, or a version
 * that the contract does not have.
 *
 * @example
 * await using test = await openTestPlugin(answeringPlugin(greet, { text: 'hello' }), [greet]);
 * const old = await answeringPlugin(greet, { words: 'hello' }, { version: 1, pluginVersion: '0.9.0' });
 */
export const answeringPlugin: AnsweringPlugin = async (
  contract: WireFunction,
  response: object,
  { name = 'answering', pluginVersion, alongside = [], version }: AnsweringPluginOptions = {},
): Promise<Uint8Array<ArrayBuffer>> => {
  const ladder = ladderOf(contract);
  const rung = version === undefined ? ladder.newest : rungOf(ladder, version);
  const answer = wireForm(rung.response, response);
  return await buildPlugin({
    identity: identityOf(name, pluginVersion),
    functions: {
      ...Object.fromEntries(alongside.map((each) => [each.name, answering(each)])),
      [contract.name]: answerAt(rung.version, answer),
    },
  });
};

/** Describes a function that answers with its contract's sample response of the newest version. */
export const answering = (contract: WireFunction): FunctionDescription => {
  const ladder = ladderOf(contract);
  const { version } = ladder.newest;
  return answerAt(version, sampleAnswer(ladder, version));
};

const answerAt = (version: number, answer: object): FunctionDescription => ({
  versions: [version],
  behaviour: behave.answerText(stringifyExactJson({ ...answer, _v: version })),
});
