import { PlugwireUsageError } from '@plugwire/wire';

import type { CarrierSource } from '../carrier/carrier.ts';
import type { LoadOptions } from '../load/load-options.ts';
import type { PluginSource } from '../modules/read-source.ts';
import type { AbsentPlugin } from '../plugin/absent-plugin.ts';
import type { Plugin } from '../plugin/plugin.ts';
import type { ServingPlugin } from '../plugin/serving-plugin.ts';
import { readRecent, type RecentDispatches, type SlotRecords } from '../plugin/slot-records.ts';

/**
 * A name of a host and the plugins that serve under it, one after another or side by side. They share counters and the log. They also share
 * a store unless you pass a `storageScope`. You choose which of them gets a request.
 */
export interface PluginSlot extends AbsentPlugin {
  readonly name: string;
  /**
   * Loads a plugin under the name, beside those that are loaded. The gauges show the earlier plugin until it is closed or the new one is
   * promoted.
   *
   * Rejects like `PluginHost.load`, and with `PlugwireUsageError` `slot_closed`.
   */
  load(source: PluginSource, options?: Omit<LoadOptions, 'name'>): Promise<Plugin>;
  /** Starts a plugin that does not run in this thread, under the name. Rejects in the same way. */
  load(source: CarrierSource, options?: Omit<LoadOptions, 'name'>): Promise<ServingPlugin>;
  /** Loads a module or starts a plugin that does not run in this thread. Rejects in the same way. */
  load(
    source: PluginSource | CarrierSource,
    options?: Omit<LoadOptions, 'name'>,
  ): Promise<Plugin | ServingPlugin>;
  /** The results of the last minute's dispatches under the name, over all of its plugins. */
  recent(): RecentDispatches;
  /** Closes all plugins of the slot and frees the name. Never rejects. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The parts of a slot. */
interface SlotParts {
  readonly records: SlotRecords;
  readonly absent: AbsentPlugin;
  load(
    source: PluginSource | CarrierSource,
    options: Omit<LoadOptions, 'name'> | undefined,
  ): Promise<ServingPlugin>;
  /** The plugins of the name that are loaded now. */
  plugins(): readonly ServingPlugin[];
  onClose(): void;
}

/** Creates the slot object from its parts. */
export const createPluginSlot = ({ records, absent, load, plugins, onClose }: SlotParts): PluginSlot => {
  let isClosed = false;
  const checkOpen = (): void => {
    if (isClosed)
      throw new PlugwireUsageError(
        'slot_closed',
        `the slot "${records.name}" is closed: open another to load plugins.`,
      );
  };
  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    await Promise.all(plugins().map(async (plugin) => await plugin.close()));
    records.close();
    onClose();
  };
  const loadOpen = async (
    source: PluginSource | CarrierSource,
    options?: Omit<LoadOptions, 'name'>,
  ): Promise<ServingPlugin> => {
    checkOpen();
    const plugin = await load(source, options);
    if (isClosed) {
      await plugin.close();
      checkOpen();
    }
    return plugin;
  };
  return {
    name: records.name,
    fallBack: absent.fallBack,
    // Loading a module gives a `Plugin`, as the overloads declare.
    load: loadOpen as PluginSlot['load'],
    recent: () => readRecent(records),
    close,
    [Symbol.asyncDispose]: close,
  };
};
