import { behave, buildPlugin, type FunctionDescription } from '@plugwire/pdk-fixtures';
import { type ResponseOf, stringifyExactJson, type WireFunction } from '@plugwire/wire';

import { ladderOf, rungOf, sampleAnswer, wireForm } from './sample-message.ts';

/** What a plugin calls itself. */
export interface PluginNaming {
  /** The name in its identity, which is also the operator's unless `host.load` is given one. */
  readonly name?: string;
  /** The version in its identity, such as `2.0.0`: for swaps. `1.0.0` by default. */
  readonly pluginVersion?: string;
}

/** The identity of a plugin that calls itself so. */
export const identityOf = (name: string, pluginVersion = '1.0.0') => ({
  plugin_name: name,
  plugin_version: pluginVersion,
});

/**
 * Builds a healthy plugin, real WebAssembly, that answers each of these contracts with its sample response.
 *
 * Rejects with `PlugwireUsageError` `bad_function` for what is no contract.
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

/** What stands around an answer. */
export interface AnsweringPluginOptions extends PluginNaming {
  /** Other contracts that the plugin serves, with their sample responses. */
  readonly alongside?: readonly WireFunction[];
  /** The version of the contract that the plugin serves; by default the newest. */
  readonly version?: number;
}

/** A response of the newest version has its type. One of another version is checked when the plugin is built. */
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
 * Builds a healthy plugin, real WebAssembly, that always answers with this response, given in the host's form. With `version` it serves
 * that version of the contract, and the response is one of it: for the contract's adapters.
 *
 * Rejects with `PlugwireUsageError`: `bad_function` for what is no contract, `bad_option` for a response that does not fit, or a version
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

/** A function that answers with its contract's sample response at the newest version. */
export const answering = (contract: WireFunction): FunctionDescription => {
  const ladder = ladderOf(contract);
  const { version } = ladder.newest;
  return answerAt(version, sampleAnswer(ladder, version));
};

const answerAt = (version: number, answer: object): FunctionDescription => ({
  versions: [version],
  behaviour: behave.answerText(stringifyExactJson({ ...answer, _v: version })),
});
