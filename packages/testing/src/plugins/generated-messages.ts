import {
  describeContract,
  generateMessages,
  type GenerateOptions,
  type HostileMessage,
  hostileMessages,
  type Ladder,
  type RequestOf,
  type ResponseOf,
  type VersionDescription,
  type WireFunction,
} from '@plugwire/wire';

import { ladderOf, rungOf } from './sample-message.ts';

/**
 * Generates requests that fit the newest version of a contract, in the host's form: the sample, the smallest one, the largest one, then ones
 * that cover each case of every part, then random ones. The same `seed` gives the same requests. There can be fewer than `count` if the
 * contract checks more than its description says.
 *
 * Throws `PlugwireUsageError` `bad_function` if `contract` is not a contract.
 *
 * @example
 * it.each(generatedRequests(greet, { count: 50 }))('answers request %#', (request) => {
 *   expect(test.plugin.dispatchSync(greet, request)).toBeOk();
 * });
 */
export const generatedRequests = <Contract extends WireFunction>(
  contract: Contract,
  options: GenerateOptions = {},
): readonly RequestOf<Contract>[] => generate(contract, 'request', options) as readonly RequestOf<Contract>[];

/**
 * Like {@link generatedRequests}, for responses. Use them with `answeringPlugin`.
 *
 * Throws `PlugwireUsageError` `bad_function` if `contract` is not a contract.
 *
 * @example
 * for (const response of generatedResponses(greet)) show(await openTestPlugin(answeringPlugin(greet, response), [greet]));
 */
export const generatedResponses = <Contract extends WireFunction>(
  contract: Contract,
  options: GenerateOptions = {},
): readonly ResponseOf<Contract>[] =>
  generate(contract, 'response', options) as readonly ResponseOf<Contract>[];

/**
 * Generates invalid requests that a plugin must refuse, or at least survive, for the tests of plugin authors. Each has a `label` that says what
 * is wrong. They are based on the newest version, or on `version`.
 *
 * Throws `PlugwireUsageError`: `bad_function` if `contract` is not a contract; `bad_option` for a version that it does not have.
 *
 * @example
 * const sandbox = await createSandbox('./greeter.wasm');
 * it.each(hostileRequests(greet))('survives $label', ({ content }) => {
 *   expect(() => sandbox.call('greet', content)).toThrow(expect.objectContaining({ code: 'guest_error' }));
 * });
 */
export const hostileRequests = (contract: WireFunction, version?: number): readonly HostileMessage[] => {
  const ladder = ladderOf(contract);
  const { request, sample, ...described } = describedAt(
    contract,
    version === undefined ? ladder.newest : rungOf(ladder, version),
  );
  return hostileMessages(request, sample.request, described.version);
};

const describedAt = (contract: WireFunction, { version }: Ladder['newest']): VersionDescription =>
  describeContract(contract).versions.find((each) => each.version === version) as VersionDescription;

const generate = (
  contract: WireFunction,
  side: 'request' | 'response',
  options: GenerateOptions,
): readonly object[] => {
  const { newest } = ladderOf(contract);
  const described = describedAt(contract, newest);
  return generateMessages(described[side], described.sample[side], options).flatMap((message) => {
    const read = newest[side].fromWire(message as object);
    return read.ok ? [read.message.host] : [];
  });
};
