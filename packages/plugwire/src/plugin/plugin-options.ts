import {
  BREAKER_LIMITS,
  LIMITS,
  type LoadOptions,
  PROTOCOL_FUNCTIONS,
  type HostFunction,
} from '@plugwire/runtime';
import { type Command, InvalidArgumentError } from 'commander';

import { type LoadedContracts, loadContracts, loadHostFunctions } from '../contracts/load-contracts.ts';

/** How a plugin is to be loaded, as the command line says. */
export interface PluginOptions {
  readonly contract?: string;
  readonly host?: string;
  readonly grant?: readonly string[];
  readonly config?: Readonly<Record<string, string>>;
  readonly limit?: Readonly<Record<string, number>>;
  readonly wasi: boolean;
  readonly perCall?: boolean;
}

/** What a plugin is loaded with. */
export interface PluginSetup {
  readonly contracts: LoadedContracts;
  readonly hostFunctions: readonly HostFunction[];
  readonly load: LoadOptions;
}

/** Adds the options that say how a plugin is loaded: the same for every command that runs one. */
export const addPluginOptions = (command: Command): Command =>
  command
    .option(
      '-c, --contract <file>',
      'the contracts: .ts, .js or .json, or the word load-balancer or intercept (default: contracts.json, contracts.ts or contracts.js)',
    )
    .option('--host <module>', 'a module that exports host functions')
    .option(
      '--grant <capability>',
      'grants a capability; can be repeated (default: all that there are)',
      collectText,
    )
    .option('--config <key=value>', 'a value for the plugin to read; can be repeated', collectPair)
    .option('--limit <name=value>', 'a limit, such as fuel=1000000; can be repeated', collectLimit)
    .option('--no-wasi', 'refuses plugins that import WASI')
    .option('--per-call', 'gives each call a fresh instance');

/** Loads everything that the options name. Throws `CommandError`. */
export const readPluginOptions = async ({
  contract,
  host,
  grant,
  config,
  limit,
  wasi,
  perCall = false,
}: PluginOptions): Promise<PluginSetup> => {
  const contracts = await loadContracts(contract);
  const hostFunctions = await loadHostFunctions(host);
  return {
    contracts,
    hostFunctions,
    load: {
      // A store needs a name of the operator’s.
      name: 'plugin',
      capabilities: grant ?? allCapabilities(hostFunctions),
      config: config ?? {},
      limits: limit ?? {},
      wasi,
      breaker: NEVER_OPEN,
      instances: perCall ? 'per_call' : 'shared',
    },
  };
};

/** Who looks for failures wants to see all of them. */
const NEVER_OPEN = { minimumCalls: BREAKER_LIMITS.minimumCalls.max, failureShare: 1, timeShare: 1 } as const;

/** Every capability that this host could grant. */
const allCapabilities = (hostFunctions: readonly HostFunction[]): readonly string[] =>
  [
    ...new Set([...PROTOCOL_FUNCTIONS, ...hostFunctions].flatMap(({ capability }) => capability ?? [])),
  ].toSorted();

const collectText = (value: string, former: readonly string[] = []): readonly string[] => [...former, value];

const splitPair = (text: string): readonly [key: string, value: string] => {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Expected a name, "=" and a value.');
  return [text.slice(0, at), text.slice(at + 1)];
};

const collectPair = (
  text: string,
  former: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> => {
  const [key, value] = splitPair(text);
  return { ...former, [key]: value };
};

const collectLimit = (
  text: string,
  former: Readonly<Record<string, number>> = {},
): Readonly<Record<string, number>> => {
  const [name, value] = splitPair(text);
  if (!Object.hasOwn(LIMITS, name))
    throw new InvalidArgumentError(`Expected one of ${Object.keys(LIMITS).join(', ')}.`);
  return { ...former, [name]: wholeNumber(value) };
};

/** Reads a number above 0. Throws what commander makes a usage error of. */
export const positiveNumber = (text: string): number => {
  const number = Number(text);
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError('Expected a number above 0.');
  return number;
};

/** Reads a whole number of at least 1. Throws what commander makes a usage error of. */
export const positiveWhole = (text: string): number => {
  const number = wholeNumber(text);
  if (number < 1) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return number;
};

/** Reads a whole number of at least 0. Throws what commander makes a usage error of. */
export const wholeNumber = (text: string): number => {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number))
    throw new InvalidArgumentError('Expected a whole number.');
  return number;
};

/** Makes a reader of one of some words. It throws what commander makes a usage error of. */
export const oneOf =
  <Word extends string>(words: readonly Word[]) =>
  (text: string): Word => {
    const word = words.find((each) => each === text);
    if (word === undefined) throw new InvalidArgumentError(`Expected ${words.join(' or ')}.`);
    return word;
  };
