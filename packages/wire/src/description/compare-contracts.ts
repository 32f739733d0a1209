import type {
  ContractDescription,
  ContractsDescription,
  VersionDescription,
} from '../shape/contract-description.ts';
import { findMisfit } from './find-misfit.ts';

/** The kinds of difference between two descriptions of a contract. */
export type ChangeKind = 'version_added' | 'version_removed' | 'version_changed' | 'fallback_changed';

/** One difference between two descriptions. */
export interface ContractChange {
  /** The name of the contract. */
  readonly function: string;
  /** The version that changed. Missing if the change applies to all versions. */
  readonly version?: number;
  readonly kind: ChangeKind;
  /** Whether a plugin that was built for the older contracts may fail with a host that uses the newer ones. */
  readonly breaksPlugins: boolean;
  /** A sentence for people, with the place of the change. */
  readonly message: string;
}

/**
 * Compares two descriptions. Returns what was added, removed and changed, and whether plugins built for the older one still work. Texts, names
 * of types and samples are ignored.
 *
 * A changed request breaks plugins if the host may now send a value that does not fit the older shape. A changed response breaks plugins if a
 * plugin may still return a value that does not fit the newer shape.
 *
 * @example
 * compareContracts(readDescription(older), readDescription(newer)).filter((change) => change.breaksPlugins);
 */
export const compareContracts = (
  older: ContractsDescription,
  newer: ContractsDescription,
): readonly ContractChange[] => {
  const before = new Map(older.contracts.map((contract) => [contract.name, contract]));
  const after = new Map(newer.contracts.map((contract) => [contract.name, contract]));
  const names = [...new Set([...before.keys(), ...after.keys()])];
  return names.flatMap((name) => compareContract(name, before.get(name), after.get(name)));
};

const compareContract = (
  name: string,
  before: ContractDescription | undefined,
  after: ContractDescription | undefined,
): readonly ContractChange[] => {
  const older = new Map(before?.versions.map((version) => [version.version, version]));
  const newer = new Map(after?.versions.map((version) => [version.version, version]));
  const versions = [...new Set([...older.keys(), ...newer.keys()])].toSorted((left, right) => left - right);
  const isShared = versions.some((version) => older.has(version) && newer.has(version));
  const changes = versions.flatMap((version) =>
    compareVersion(name, version, older.get(version), newer.get(version), isShared),
  );
  if (before === undefined || after === undefined || before.fallback === after.fallback) return changes;
  const message = `${name}: the fallback changed from ${before.fallback} to ${after.fallback}.`;
  return [{ function: name, kind: 'fallback_changed', breaksPlugins: false, message }, ...changes];
};

const compareVersion = (
  name: string,
  version: number,
  older: VersionDescription | undefined,
  newer: VersionDescription | undefined,
  isShared: boolean,
): readonly ContractChange[] => {
  const of = { function: name, version };
  if (newer === undefined)
    return [
      {
        ...of,
        kind: 'version_removed',
        breaksPlugins: true,
        message: `${name} ${version} was removed: plugins that support only this version are no longer called.`,
      },
    ];
  if (older === undefined)
    return [
      {
        ...of,
        kind: 'version_added',
        breaksPlugins: false,
        message: `${name} ${version} was added${isShared ? ': plugins with an older version are still called.' : '.'}`,
      },
    ];
  const request = findMisfit(newer.request, older.request);
  const response = findMisfit(older.response, newer.response);
  const isSame =
    request === undefined &&
    response === undefined &&
    findMisfit(older.request, newer.request) === undefined &&
    findMisfit(newer.response, older.response) === undefined;
  if (isSame) return [];
  const found = [
    ...(request === undefined ? [] : [`request${request.place} ${request.reason}`]),
    ...(response === undefined ? [] : [`response${response.place} ${response.reason}`]),
  ];
  return [
    {
      ...of,
      kind: 'version_changed',
      breaksPlugins: found.length > 0,
      message:
        found.length === 0
          ? `${name} ${version} changed, and existing plugins still work.`
          : `${name} ${version} changed, and existing plugins may fail: ${found.join('; ')}. Add a version instead, or rebuild the plugins.`,
    },
  ];
};
