import {
  findLadder,
  parseExactJson,
  stringifyExactJson,
  type Ladder,
  PlugwireUsageError,
  type RequestOf,
  showType,
  type WireFunction,
} from '@plugwire/wire';

/** Returns the ladder of a contract. Throws `PlugwireUsageError` `bad_function` for a value that is not a contract. */
export const ladderOf = (contract: WireFunction): Ladder => {
  const ladder = findLadder(contract);
  if (ladder === undefined) {
    throw new PlugwireUsageError(
      'bad_function',
      `the contract is ${showType(contract)}: expected one from defineWireFunction.`,
    );
  }
  return ladder;
};

/**
 * Returns the sample request of a contract's newest version, in the host's form. Any plugin of the contract must accept it.
 *
 * Throws `PlugwireUsageError` `bad_function` if `contract` is not a contract.
 *
 * @example plugin.dispatchSync(greet, sampleRequest(greet));
 */
export const sampleRequest = <Contract extends WireFunction>(contract: Contract): RequestOf<Contract> =>
  ladderOf(contract).newest.sample.request as RequestOf<Contract>;

/** Returns the sample response of one version in the wire's form, without `_v`. */
export const sampleAnswer = (ladder: Ladder, version: number): Readonly<Record<string, unknown>> => {
  const { response, sample } = rungOf(ladder, version);
  return wireForm(response, sample.response) as Readonly<Record<string, unknown>>;
};

/** Returns one version of a ladder. Throws `PlugwireUsageError` `bad_option` if the ladder does not have it. */
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

/** Converts a message from the host's form to the wire's form. Throws `PlugwireUsageError` `bad_option` if it does not fit. */
export const wireForm = (schema: Ladder['newest']['response'], message: unknown): object => {
  const result = schema.fromHost(message);
  if (!result.ok) {
    throw new PlugwireUsageError(
      'bad_option',
      `the message does not fit the contract: ${result.detail}. Pass a valid message.`,
    );
  }
  return parseExactJson(stringifyExactJson(result.message.wire), 'all') as object;
};
