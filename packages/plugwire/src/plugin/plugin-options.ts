import {
  BREAKER_LIMITS,
  LIMITS,
  type LoadOptions,
  PROTOCOL_FUNCTIONS,
  type HostFunction,
} from '@plugwire/runtime';
import { type Command, InvalidArgumentError } from 'commander';

import { type LoadedContracts, loadContracts, loadHostFunctions } from '../contracts/load-contracts.ts';

/** The options of the command line that say how to load a plugin. */
export interface PluginOptions {
  readonly contract?: string;
  readonly host?: string;
  readonly grant?: readonly string[];
  readonly config?: Readonly<Record<string, string>>;
  readonly limit?: Readonly<Record<string, number>>;
  readonly wasi: boolean;
  readonly perCall?: boolean;
}

/** Everything that a plugin is loaded with. */
export interface PluginSetup {
  readonly contracts: LoadedContracts;
  readonly hostFunctions: readonly HostFunction[];
  readonly load: LoadOptions;
}

/** Adds the options that say how to load a plugin. Every command that runs a plugin has them. */
export const addPluginOptions = (command: Command): Command =>
  command
    .option(
      '-c, --contract <file>',
      'the contracts: .ts, .js or .json, or the word load-balancer or intercept (default: contracts.json, contracts.ts or contracts.js)',
    )
    .option('--host <module>', 'a module that exports host functions')
    .option(
      '--grant <capability>',
      'grants a capability; can be repeated (default: every capability)',
      collectText,
    )
    .option('--config <key=value>', 'a configuration value for the plugin; can be repeated', collectPair)
    .option('--limit <name=value>', 'sets a limit, such as fuel=1000000; can be repeated', collectLimit)
    .option('--no-wasi', 'refuses plugins that import WASI')
    .option('--per-call', 'runs each call in a fresh instance');

/** Loads everything that the options name. Rejects with `CommandError`. */
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
      // Storage requires an operator’s name for the plugin.
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

/** The breaker is off, so that every failure is shown. */
const NEVER_OPEN = { minimumCalls: BREAKER_LIMITS.minimumCalls.max, failureShare: 1, timeShare: 1 } as const;

/** Every capability that can be granted. */
const allCapabilities = (hostFunctions: readonly HostFunction[]): readonly string[] =>
  [
    ...new Set([...PROTOCOL_FUNCTIONS, ...hostFunctions].flatMap(({ capability }) => capability ?? [])),
  ].toSorted();

const collectText = (value: string, former: readonly string[] = []): readonly string[] => [...former, value];

const splitPair = (text: string): readonly [key: string, value: string] => {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Expected <name>=<value>.');
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

/** Parses a number above 0. Throws `InvalidArgumentError`, which commander reports as a usage error. */
export const positiveNumber = (text: string): number => {
  const number = Number(text);
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError('Expected a number above 0.');
  return number;
};

/** Parses a whole number of at least 1. Throws `InvalidArgumentError`. */
export const positiveWhole = (text: string): number => {
  const number = wholeNumber(text);
  if (number < 1) throw new InvalidArgumentError('Expected a whole number of at least 1.');
  return number;
};

/** Parses a whole number of at least 0. Throws `InvalidArgumentError`. */
export const wholeNumber = (text: string): number => {
  const number = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(number))
    throw new InvalidArgumentError('Expected a whole number of at least 0.');
  return number;
};

/** Returns a parser that accepts one of the given words. The parser throws `InvalidArgumentError`. */
export const oneOf =
  <Word extends string>(words: readonly Word[]) =>
  (text: string): Word => {
    const word = words.find((each) => each === text);
    if (word === undefined) throw new InvalidArgumentError(`Expected ${words.join(' or ')}.`);
    return word;
  };
