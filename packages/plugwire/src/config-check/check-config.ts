import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import { type PlannedChange, planConfig, type PluginConfig, readConfig } from '@plugwire/operate';
import {
  createPluginHost,
  describeModule,
  type HostFunction,
  type LoadOptions,
  type PluginHost,
  PluginLoadError,
  type PluginSource,
  PlugwireUsageError,
} from '@plugwire/runtime';
import type { WireFunction } from '@plugwire/wire';

import { findAdvice } from '../advice/find-advice.ts';
import { messageOf } from '../base/failure.ts';

/** A plugin that cannot be loaded as its configuration says. */
interface ConfigProblem {
  readonly plugin: string;
  /** The stage and code of a refused load; `undefined` for a file or a setting. */
  readonly code?: string;
  readonly message: string;
}

/** The result of a check: what a host would load, and what is wrong. */
export interface CheckedConfig {
  readonly file: string;
  readonly plugins: Readonly<Record<string, PluginConfig>>;
  readonly plan: readonly PlannedChange[];
  readonly problems: readonly ConfigProblem[];
}

/** The contracts and host functions to load the plugins for. */
export interface CheckedContracts {
  readonly contracts: readonly WireFunction[];
  readonly hostFunctions: readonly HostFunction[];
}

/**
 * Reads a configuration, plans it, and checks the files and settings of its plugins. With contracts it also loads each plugin, as a host
 * would. Rejects with `ConfigError`.
 */
export const checkConfig = async (
  path: string | undefined,
  loaded: CheckedContracts | undefined,
): Promise<CheckedConfig> => {
  const { file, ...config } = readConfig(path);
  const problems: ConfigProblem[] = [];
  await using host = createPluginHost({
    functions: loaded?.contracts ?? [],
    hostFunctions: loaded?.hostFunctions ?? [],
    revealGuestErrors: true,
  });
  // One after another: loads are slow, and problems are reported in the order of the file.
  for (const [plugin, settings] of Object.entries(config.plugins)) {
    const { path: module } = settings;
    // Only the host knows what its carriers load.
    if (module === undefined) continue;
    const problem =
      (await findFileProblem(module, settings.sha256)) ??
      (await findLoadProblem(host, plugin, { ...settings, path: module }, loaded !== undefined));
    if (problem !== undefined) problems.push({ plugin, ...problem });
  }
  return { file, plugins: config.plugins, plan: planConfig(undefined, { file, ...config }), problems };
};

type Problem = Omit<ConfigProblem, 'plugin'>;

const findFileProblem = async (path: string, sha256: string | undefined): Promise<Problem | undefined> => {
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT'
      ? { message: `${path} does not exist. Build the plugin, or correct the path.` }
      : { message: `${path} cannot be read (${code}). Check its permissions.` };
  }
  const seen = createHash('sha256').update(bytes).digest('hex');
  if (sha256 !== undefined && seen !== sha256) {
    return {
      message: `${path} has the SHA-256 ${seen}, but the configuration expects ${sha256}. Approve the file, or restore the old one.`,
    };
  }
  const described = describeModule(bytes);
  return described.ok ? undefined : { message: `${path}: ${described.message}` };
};

/**
 * An empty module, to check only the settings. A load checks its options before it reads the module: invalid options are a `PlugwireUsageError`. With
 * valid options, the load fails because of the module, and that `PluginLoadError` is ignored.
 */
const NO_BYTES = new Uint8Array();

const findLoadProblem = async (
  host: PluginHost,
  plugin: string,
  settings: PluginConfig & { readonly path: string },
  isLoaded: boolean,
): Promise<Problem | undefined> => {
  const source: PluginSource = isLoaded ? settings.path : NO_BYTES;
  try {
    const loaded = await host.load(source, optionsOf(plugin, settings, isLoaded));
    await loaded.close();
    return undefined;
  } catch (error) {
    if (error instanceof PlugwireUsageError) return { code: error.code, message: error.message };
    if (!(error instanceof PluginLoadError)) throw error;
    const { stage, code } = error;
    return isLoaded
      ? { code: `${stage}/${code}`, message: `${messageOf(error)} ${findAdvice(stage, code)}` }
      : undefined;
  }
};

const optionsOf = (name: string, settings: PluginConfig, isLoaded: boolean): LoadOptions => {
  const { config, capabilities, limits, breaker, wasi, instances, storageScope } = settings;
  // The functions are unknown without contracts.
  const { functions, ...own } = limits;
  return {
    name,
    config,
    capabilities,
    limits: isLoaded && functions !== undefined ? { ...own, functions } : own,
    breaker,
    wasi,
    instances,
    ...(storageScope === undefined ? {} : { storageScope }),
  };
};
