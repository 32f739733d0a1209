import { createPluginHost, type HostLogger, type Plugin, type PluginSource } from '@plugwire/runtime';
import {
  type ContractDescription,
  contractsFromDescription,
  findLadder,
  type Ladder,
  type VersionDescription,
  type WireFunction,
} from '@plugwire/wire';

import type { LoadedContracts } from '../contracts/load-contracts.ts';
import type { PluginSetup } from './plugin-options.ts';

/** A function that a plugin serves, at the version that was negotiated. */
export interface ServedFunction {
  readonly name: string;
  readonly version: number;
  /** Its messages at this version, in the format of the wire. */
  readonly description: VersionDescription;
  /** A contract with only this version, made from the description. Its messages are those of the wire. */
  readonly contract: WireFunction;
  readonly ladder: Ladder;
  /** The host’s own contract, which checks more than its description; `undefined` if only a description was given. */
  readonly ownLadder: Ladder | undefined;
}

/** A plugin that was loaded with its contracts. */
export interface OpenedPlugin {
  /** Serves the contracts of `functions`. */
  readonly plugin: Plugin;
  /** The negotiated functions, in the order of the contracts. */
  readonly functions: readonly ServedFunction[];
  /** Closes the plugin and its host. Never rejects. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Loads a plugin as a host with these contracts would. Then loads it again with only the negotiated versions, to send and receive messages
 * in the format of the wire.
 *
 * Rejects with `PluginLoadError` or `PlugwireUsageError`.
 */
export const openPlugin = async (
  source: PluginSource,
  { contracts, hostFunctions, load }: PluginSetup,
  logger?: HostLogger,
): Promise<OpenedPlugin> => {
  const settings = { hostFunctions, revealGuestErrors: true };
  const offering = createPluginHost({ ...settings, functions: contracts.contracts });
  try {
    const { metadata } = await offering.load(source, load);
    const functions = narrow(contracts, metadata.negotiated_functions);
    const host = createPluginHost({
      ...settings,
      functions: functions.map(({ contract }) => contract),
      ...(logger === undefined ? {} : { logger }),
    });
    try {
      const plugin = await host.load(source, { ...load, metadata });
      return { plugin, functions, close: host.close, [Symbol.asyncDispose]: host.close };
    } catch (error) {
      await host.close();
      throw error;
    }
  } finally {
    // Closed after the second load, so that both loads share the compiled module.
    await offering.close();
  }
};

/** The contracts at their negotiated versions. */
const narrow = (
  { contracts, description, isOwn }: LoadedContracts,
  negotiated: Readonly<Record<string, number>>,
): readonly ServedFunction[] => {
  const served = description.contracts.filter(({ name }) => Object.hasOwn(negotiated, name));
  const versionOf = ({ name }: ContractDescription): number | undefined => negotiated[name];
  return contractsFromDescription({ ...description, contracts: served }, versionOf).map((contract, at) => {
    const { name, versions } = served[at] as ContractDescription;
    const version = negotiated[name] as number;
    return {
      name,
      version,
      description: versions.find((each) => each.version === version) as VersionDescription,
      contract,
      ladder: findLadder(contract) as Ladder,
      ownLadder: isOwn ? findLadder(contracts.find((each) => each.name === name)) : undefined,
    };
  });
};
