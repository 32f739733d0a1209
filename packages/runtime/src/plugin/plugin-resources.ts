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

/** The host's resources that a plugin may use. */
export interface PluginResources {
  readonly rights: GuestRights;
  /** Waits for the running call, closes the store, and logs how many lines were held back. Never rejects. */
  close(): Promise<void>;
}

/** What is needed to open the resources. */
interface ResourceContext {
  readonly logger: HostLogger | undefined;
  readonly sources: GuardedSources;
  readonly storage: PluginStorage;
}

/** The plugin that owns the resources. */
interface ResourceOwner {
  /** The operator's name for the plugin. */
  readonly name: string;
  /** The scope of its store. Several plugins may share one. */
  readonly storageScope: string;
  /** The counters that it may increment. */
  readonly counters: GuestCounters;
}

/**
 * Opens the resources for the capabilities that were negotiated, and no others.
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
  // Extism's log functions need the same capability, although they are not functions of the protocol.
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
      'the storage did not open a store for the plugin, which requires the capability "storage": see the cause of this error.',
      { cause },
    );
  }
};

/** Closes a store. If some writes are not confirmed, this is logged and does not fail, so that the plugin's name becomes free. */
const closeStore = async (
  store: PluginStore,
  logger: HostLogger | undefined,
  plugin: string,
): Promise<void> => {
  // A host function may close the plugin that calls it. Wait until that call has ended.
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
