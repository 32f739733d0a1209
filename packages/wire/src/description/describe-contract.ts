import { findLadder, type Rung } from '../contract/ladder.ts';
import type { WireFunction } from '../contract/wire-function.ts';
import { showType } from '../base/show-type.ts';
import { PlugwireUsageError } from '../base/usage-error.ts';
import {
  type ContractDescription,
  type ContractsDescription,
  type DescribedJson,
  DESCRIPTION_VERSION,
  type HostFunctionDescription,
  type VersionDescription,
} from '../shape/contract-description.ts';
import { fingerprintOf } from '../shape/fingerprint.ts';

/**
 * Describes a contract as it is on the wire. The description is created once for each contract and frozen.
 *
 * Throws {@link PlugwireUsageError} `bad_function` for a value that `defineWireFunction` did not create.
 *
 * @example
 * describeContract(greet).versions[0]?.request.shape; // { kind: 'object', members: [{ key: 'name', … }] }
 */
export const describeContract = (contract: WireFunction): ContractDescription => {
  const known = described.get(contract);
  if (known !== undefined) return known;
  const ladder = findLadder(contract);
  if (ladder === undefined) {
    throw new PlugwireUsageError(
      'bad_function',
      `the contract is ${showType(contract)}: expected one from defineWireFunction.`,
    );
  }
  const versions = ladder.rungs.map(describeVersion);
  const { name, fallback, description } = contract;
  const made: ContractDescription = Object.freeze({
    name,
    ...(description === undefined ? {} : { description }),
    fallback,
    fingerprint: fingerprintOf(versions),
    versions,
  });
  described.set(contract, made);
  return made;
};

const described = new WeakMap<WireFunction, ContractDescription>();

const describeVersion = ({ version, request, response, sample }: Rung): VersionDescription => ({
  version,
  request: request.description,
  response: response.description,
  sample: { request: onWire(request, sample.request), response: onWire(response, sample.response) },
});

/** Converts a sample to the wire's form. It was checked when the contract was defined. */
const onWire = (schema: Rung['request'], sample: unknown): DescribedJson => {
  const read = schema.fromHost(sample);
  return withoutUndefined(read.ok ? read.message.wire : {}) as DescribedJson;
};

/** A copy without keys whose value is `undefined`: JSON does not have them. */
const withoutUndefined = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== undefined);
  return Object.fromEntries(entries.map(([key, part]) => [key, withoutUndefined(part)]));
};

/**
 * Describes several contracts, and the host functions that a host declares. This is the content of `contracts.json`; use
 * {@link writeDescription} to get its text.
 *
 * Throws {@link PlugwireUsageError}: `bad_function` for a value that is not a contract, `duplicate_function` for two contracts with the same
 * name.
 */
export const describeContracts = (
  contracts: readonly WireFunction[],
  hostFunctions: readonly HostFunctionDescription[] = [],
): ContractsDescription => {
  const names = new Set<string>();
  for (const { name } of contracts) {
    if (names.has(name))
      throw new PlugwireUsageError(
        'duplicate_function',
        `two contracts are called "${name}": expected each name once. Describe only the newer contract.`,
      );
    names.add(name);
  }
  return {
    plugwire: 'contracts',
    descriptionVersion: DESCRIPTION_VERSION,
    contracts: contracts.map(describeContract),
    hostFunctions,
  };
};
