import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

import { describeHostFunctions, type HostFunction, isHostFunction } from '@plugwire/runtime';
import {
  type ContractsDescription,
  describeContracts,
  findLadder,
  laddersFromDescription,
  PlugwireUsageError,
  readDescription,
  type WireFunction,
} from '@plugwire/wire';
import { interceptFunctions } from '@plugwire/wire/intercept';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';

import { CommandError } from '../base/failure.ts';
import { loadModule } from './load-module.ts';

/** Contracts that were loaded from a module, from JSON, or by name. */
export interface LoadedContracts {
  readonly contracts: readonly WireFunction[];
  readonly description: ContractsDescription;
  /** Whether the contracts are the host’s own, with refinements, codecs and adapters. A description has none of these. */
  readonly isOwn: boolean;
}

/** The built-in contracts, by the word that selects them. */
const KNOWN: Readonly<Record<string, readonly WireFunction[]>> = {
  'load-balancer': loadBalancerFunctions,
  intercept: interceptFunctions,
};

/** The files that are tried if no file is given, in this order. */
const DEFAULT_CONTRACTS = ['contracts.json', 'contracts.ts', 'contracts.js'] as const;

/**
 * Loads contracts from a module that exports them, from the JSON of `plugwire contract export`, or by the name `load-balancer` or `intercept`. Without
 * a file it looks for `contracts.json`, `contracts.ts` and `contracts.js` in the working directory.
 *
 * Rejects with `CommandError`: `usage` if no file is found, `system` if the file cannot be read, `input` if it contains no contracts.
 */
export const loadContracts = async (given: string | undefined): Promise<LoadedContracts> => {
  const file = given ?? DEFAULT_CONTRACTS.find((name) => existsSync(name));
  if (file === undefined) {
    throw new CommandError(
      'usage',
      `no contracts are given, and this folder has none of ${DEFAULT_CONTRACTS.join(', ')}. Pass a file with --contract, or ` +
        '--contract load-balancer or --contract intercept for plugins of a load balancer or a proxy.',
      'no_contract',
    );
  }
  const known = Object.hasOwn(KNOWN, file) ? KNOWN[file] : undefined;
  if (known !== undefined) return ownContracts(known);
  if (/\.json$/i.test(file)) return await readDescriptionFile(file);
  const exported = await loadModule(file);
  const contracts = collect(exported, (value): value is WireFunction => findLadder(value) !== undefined);
  if (contracts.length === 0)
    throw new CommandError('input', explainNoContract(file, exported), 'no_contract');
  return ownContracts(contracts);
};

/**
 * Loads the host functions that a module exports. Returns an empty list if `file` is `undefined`. Rejects with `CommandError` like
 * {@link loadContracts}.
 */
export const loadHostFunctions = async (file: string | undefined): Promise<readonly HostFunction[]> => {
  if (file === undefined) return [];
  const functions = collect(await loadModule(file), isHostFunction);
  if (functions.length > 0) return functions;
  throw new CommandError(
    'input',
    `${file}: the module exports no host function. Export what defineHostFunction of @plugwire/runtime returns.`,
    'no_host_function',
  );
};

/** Describes the contracts in a file and the host functions of a module. Rejects like {@link loadContracts}. */
export const describeFrom = async (
  contract: string,
  host: string | undefined,
): Promise<ContractsDescription> => describeAll(await loadContracts(contract), await loadHostFunctions(host));

/** Describes contracts and host functions, in the form of `contracts.json`. */
export const describeAll = (
  { description, contracts, isOwn }: LoadedContracts,
  hostFunctions: readonly HostFunction[],
): ContractsDescription =>
  isOwn && hostFunctions.length > 0
    ? describeContracts(contracts, describeHostFunctions(hostFunctions))
    : description;

const ownContracts = (contracts: readonly WireFunction[]): LoadedContracts => ({
  contracts,
  description: describeContracts(contracts),
  isOwn: true,
});

const readDescriptionFile = async (file: string): Promise<LoadedContracts> => {
  const text = await readFile(file, 'utf8');
  try {
    const description = readDescription(text);
    return { contracts: laddersFromDescription(description), description, isOwn: false };
  } catch (error) {
    if (!(error instanceof PlugwireUsageError)) throw error;
    throw new CommandError(
      'input',
      `${file}: ${error.message} Export the contracts again with plugwire contract export.`,
      error.code,
    );
  }
};

/** How deep exports are searched for contracts: enough for lists in objects in lists. */
const DEEPEST = 3;

/** Collects what a module exports directly, in lists or in objects. Each value appears once, in the order of the exports. */
const collect = <Value extends object>(
  exported: Readonly<Record<string, unknown>>,
  is: (value: unknown) => value is Value,
): readonly Value[] => {
  const found = new Set<Value>();
  const visit = (value: unknown, depth: number): void => {
    if (is(value)) found.add(value);
    else if (typeof value === 'object' && value !== null && depth < DEEPEST)
      for (const inner of Object.values(value)) visit(inner, depth + 1);
  };
  for (const value of Object.values(exported)) visit(value, 0);
  return [...found];
};

const explainNoContract = (file: string, exported: Readonly<Record<string, unknown>>): string => {
  const names = Object.keys(exported);
  const seen =
    names.length === 0
      ? 'the module exports nothing'
      : `none of the exports (${names.join(', ')}) is a contract`;
  return Object.values(exported).some(looksLikeContract)
    ? `${file}: the contracts were defined with another copy of @plugwire/wire. Install plugwire beside that copy, or use the copy to export JSON: writeDescription(describeContracts(contracts)).`
    : `${file}: ${seen}. Export what defineWireFunction of @plugwire/wire returns.`;
};

const looksLikeContract = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'fallback' in value && 'versions' in value;
