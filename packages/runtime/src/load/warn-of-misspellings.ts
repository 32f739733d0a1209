import { closestName, hintAt } from '@plugwire/wire';

import { type HostLogger, LOG_TARGETS, writeLog } from '../observe/logger.ts';
import type { HostFunctionTable } from '../sandbox/imports/host-function.ts';

/** The configuration of a plugin, as its calls read it. */
export type GuestConfig = Pick<ReadonlyMap<string, string>, 'get'>;

/** The number of missing keys that are compared with the given ones. It bounds the cost for a plugin that reads many keys. */
const MOST_COMPARED = 64;

/**
 * Logs a warning when a plugin reads a missing key that is similar to a given one, because the operator may have misspelt it. A plugin does
 * not declare its keys, so this is checked when it reads one. Each given key is reported once.
 */
export const warnOfMisspeltConfig = (
  config: ReadonlyMap<string, string>,
  logger: HostLogger | undefined,
  plugin: string,
): GuestConfig => {
  if (config.size === 0 || logger === undefined) return config;
  const asked = new Set<string>();
  const reported = new Set<string>();
  return {
    get: (key) => {
      const value = config.get(key);
      if (value !== undefined || asked.has(key) || asked.size >= MOST_COMPARED) return value;
      asked.add(key);
      const given = closestName(key, config.keys());
      if (given === undefined || reported.has(given)) return undefined;
      reported.add(given);
      // The plugin chose this text, so it is shown only if it has the form of a name.
      const shown = /^[\w.:-]+$/.test(key) ? { asked: key } : {};
      const fields = { target: LOG_TARGETS.load, plugin, given, ...shown };
      writeLog(
        logger,
        'warn',
        fields,
        'the plugin reads a config key that is missing and similar to a given one',
      );
      return undefined;
    },
  };
};

/**
 * Logs a warning for each granted capability that no host function uses and the plugin does not require, because the operator may have
 * misspelt it.
 */
export const warnOfUnusedCapabilities = (
  granted: readonly string[],
  required: readonly string[],
  hostFunctions: HostFunctionTable,
  logger: HostLogger | undefined,
  plugin: string,
): void => {
  const known = new Set<string>();
  for (const functions of hostFunctions.values())
    for (const { capability } of functions.values()) if (capability !== undefined) known.add(capability);
  for (const capability of granted) {
    if (known.has(capability) || required.includes(capability)) continue;
    const fields = { target: LOG_TARGETS.load, plugin, capability };
    const hint = hintAt(capability, known);
    writeLog(logger, 'warn', fields, `no host function uses the granted capability.${hint}`);
  }
};
