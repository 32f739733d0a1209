import {
  findLadder,
  parseExactJson,
  stringifyExactJson,
  type Ladder,
  PlugwireUsageError,
  type RequestOf,
  type WireFunction,
} from '@plugwire/wire';

/** The ladder of a contract. Throws `PlugwireUsageError` `bad_function` for what is none. */
export const ladderOf = (contract: WireFunction): Ladder => {
  const ladder = findLadder(contract);
  if (ladder === undefined) {
    throw new PlugwireUsageError(
      'bad_function',
      'this is no contract: expected what defineWireFunction gives.',
    );
  }
  return ladder;
};

/**
 * The sample request of a contract's newest version, which any plugin must take.
 *
 * Throws `PlugwireUsageError` `bad_function` for what is no contract.
 *
 * @example plugin.dispatchSync(greet, sampleRequest(greet));
 */
export const sampleRequest = <Contract extends WireFunction>(contract: Contract): RequestOf<Contract> =>
  ladderOf(contract).newest.sample.request as RequestOf<Contract>;

/** The sample response of one version as a plugin writes it: in the wire's form, without `_v`. */
export const sampleAnswer = (ladder: Ladder, version: number): Readonly<Record<string, unknown>> => {
  const { response, sample } = rungOf(ladder, version);
  return wireForm(response, sample.response) as Readonly<Record<string, unknown>>;
};

/** One version of a ladder. Throws `PlugwireUsageError` `bad_option` if it has none such. */
export const rungOf = (ladder: Ladder, version: number): Ladder['newest'] => {
  const rung = ladder.rungs.find((each) => each.version === version);
  if (rung === undefined) {
    throw new PlugwireUsageError(
      'bad_option',
      `the contract has no version ${String(version)}: expected one of ${ladder.rungs.map((each) => each.version).join(', ')}.`,
    );
  }
  return rung;
};

/** A message of the host's form in the wire's. Throws `PlugwireUsageError` `bad_option` if it does not fit. */
export const wireForm = (schema: Ladder['newest']['response'], message: unknown): object => {
  const result = schema.fromHost(message);
  if (!result.ok) {
    throw new PlugwireUsageError('bad_option', `the message does not fit the contract: ${result.detail}.`);
  }
  return parseExactJson(stringifyExactJson(result.message.wire), 'all') as object;
};
