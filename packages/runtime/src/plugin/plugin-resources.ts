import type { PluginMetadata } from '@plugwire/wire';

import type { GuardedSources } from '../host-functions/host-sources.ts';
import { createCaller } from '../host-functions/plugin-services.ts';
import type { PluginLimits } from '../base/limits.ts';
import { loadError } from '../outcomes/load-error.ts';
import { createGuestLog, SILENT_LOG } from '../observe/guest-log.ts';
import type { GuestCounters } from '../observe/guest-metrics.ts';
import { type HostLogger, LOG_TARGETS, writeLog } from '../observe/logger.ts';
import type { GuestRights } from '../sandbox/instance/guest-instance.ts';
import type { PluginStorage, PluginStore } from '../storage/plugin-storage.ts';

/** What a plugin may use of its host. */
export interface PluginResources {
  readonly rights: GuestRights;
  /** Lets the running call end, closes the store, and reports what its log held back. Never rejects. */
  close(): Promise<void>;
}

/** What the resources come from. */
interface ResourceContext {
  readonly logger: HostLogger | undefined;
  readonly sources: GuardedSources;
  readonly storage: PluginStorage;
}

/** Whose they are. */
interface ResourceOwner {
  /** The operator's name for the plugin. */
  readonly name: string;
  /** Which store it gets: its name's, or that of several plugins. */
  readonly storageScope: string;
  /** Where it counts. */
  readonly counters: GuestCounters;
}

/**
 * Opens what a plugin may use: that which was negotiated with it, and nothing else.
 *
 * Rejects with `PluginLoadError` `instantiate`/`storage_not_opened`.
 */
export const openPluginResources = async (
  context: ResourceContext,
  { name: plugin, storageScope, counters }: ResourceOwner,
  metadata: PluginMetadata,
  limits: PluginLimits,
): Promise<PluginResources> => {
  const { logger, sources, storage } = context;
  const negotiated = new Set(metadata.negotiated_capabilities);
  const store = negotiated.has('storage') ? await openStore(storage, storageScope, limits) : undefined;
  // Extism's own log functions need no import of ours, but they are the same right.
  const log = negotiated.has('log')
    ? createGuestLog(logger, { plugin, linesPerSecond: limits.logLinesPerSecond })
    : SILENT_LOG;
  const metrics = counters.limitedTo(limits.metricSeries);
  return {
    rights: {
      gate: (capability) =>
        capability === undefined || negotiated.has(capability) ? undefined : 'capability_denied',
      log,
      caller: createCaller(plugin, { log, metrics, sources, store }),
    },
    close: async () => {
      log.close();
      if (store !== undefined) await closeStore(store, logger, plugin);
    },
  };
};

const openStore = async (
  storage: PluginStorage,
  scope: string,
  { storageBytes }: PluginLimits,
): Promise<PluginStore> => {
  try {
    return await storage.open(scope, { quotaBytes: storageBytes });
  } catch (cause) {
    throw loadError(
      'instantiate',
      'storage_not_opened',
      'the storage did not open a store for the plugin, which was granted "storage" and requires it: the cause says why.',
      { cause },
    );
  }
};

/** A store that could not make everything safe is an operator's affair, and no reason to keep the plugin's name. */
const closeStore = async (
  store: PluginStore,
  logger: HostLogger | undefined,
  plugin: string,
): Promise<void> => {
  // A host function may close the plugin that calls it: that call ends before this goes on.
  await Promise.resolve();
  try {
    await store.close();
  } catch {
    writeLog(
      logger,
      'warn',
      { target: LOG_TARGETS.storage, plugin },
      'plugin store closed with unconfirmed writes',
    );
  }
};
