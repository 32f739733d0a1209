import { behave, buildPlugin, type FunctionDescription } from '@plugwire/pdk-fixtures';
import type { ResponseOf, WireFunction } from '@plugwire/wire';

import { ladderOf, sampleAnswer, wireForm } from './sample-message.ts';

/** What a plugin calls itself. */
export interface PluginNaming {
  /** The name in its identity, which is also the operator's unless `host.load` is given one. */
  readonly name?: string;
}

/**
 * Builds a healthy plugin, real WebAssembly, that answers each of these contracts with its sample response.
 *
 * Rejects with `PlugwireUsageError` `bad_function` for what is no contract.
 *
 * @example await using test = await openTestPlugin(samplePlugin([filter, sign]), [filter, sign]);
 */
export const samplePlugin = async (
  contracts: readonly WireFunction[],
  { name = 'sample' }: PluginNaming = {},
): Promise<Uint8Array<ArrayBuffer>> =>
  await buildPlugin({
    identity: { plugin_name: name },
    functions: Object.fromEntries(contracts.map((contract) => [contract.name, answering(contract)])),
  });

/** What stands around an answer. */
export interface AnsweringPluginOptions extends PluginNaming {
  /** Other contracts that the plugin serves, with their sample responses. */
  readonly alongside?: readonly WireFunction[];
}

/**
 * Builds a healthy plugin, real WebAssembly, that always answers with this response, given in the host's form.
 *
 * Rejects with `PlugwireUsageError`: `bad_function` for what is no contract, `bad_option` for a response that does not fit.
 *
 * @example await using test = await openTestPlugin(answeringPlugin(greet, { text: 'hello' }), [greet]);
 */
export const answeringPlugin = async <Contract extends WireFunction>(
  contract: Contract,
  response: ResponseOf<Contract>,
  { name = 'answering', alongside = [] }: AnsweringPluginOptions = {},
): Promise<Uint8Array<ArrayBuffer>> => {
  const { newest } = ladderOf(contract);
  const answer = wireForm(newest.response, response);
  return await buildPlugin({
    identity: { plugin_name: name },
    functions: {
      ...Object.fromEntries(alongside.map((each) => [each.name, answering(each)])),
      [contract.name]: {
        versions: [newest.version],
        behaviour: behave.answer({ ...answer, _v: newest.version }),
      },
    },
  });
};

/** A function that answers with its contract's sample response at the newest version. */
export const answering = (contract: WireFunction): FunctionDescription => {
  const ladder = ladderOf(contract);
  const { version } = ladder.newest;
  return {
    versions: [version],
    behaviour: behave.answer({ ...sampleAnswer(ladder, version), _v: version }),
  };
};
