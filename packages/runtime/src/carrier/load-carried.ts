import { PlugwireUsageError } from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import type { LoadOptions, LoadRequest } from '../load/load-options.ts';
import { type LoadContext, logBreaker } from '../load/load-plugin.ts';
import { createGuestLog } from '../observe/guest-log.ts';
import type { DispatchEntry } from '../plugin/dispatch-target.ts';
import type { ServingPlugin } from '../plugin/serving-plugin.ts';
import type { SlotRecords } from '../plugin/slot-records.ts';
import { createBreaker } from '../breaker/breaker.ts';
import { createCarriedPlugin } from './carried-plugin.ts';
import type { CarrierSource } from './carrier.ts';

/**
 * Starts a plugin from a carrier source. With the records of a slot it serves under the slot's name, beside the slot's other plugins.
 *
 * Rejects with `PluginLoadError` if the plugin is refused. Its stage says where.
 */
export const loadCarried = async (
  context: LoadContext,
  source: CarrierSource,
  request: Omit<LoadRequest, 'source'>,
  slot?: SlotRecords,
): Promise<ServingPlugin> => {
  const { functions, logger, revealGuestErrors, live } = context;
  const { limits, sha256 } = request;
  const records = slot ?? context.claimName(request.name ?? source.name);
  const freeName = slot === undefined ? records.close : () => undefined;
  const { name } = records;
  const words = createGuestLog(logger, { plugin: name, linesPerSecond: limits.logLinesPerSecond });
  try {
    const carrier = await source.open({
      name,
      functions,
      limits,
      sha256,
      logger,
      revealGuestErrors,
      words,
    });
    const entries = functions.map(({ contract, ladder }): DispatchEntry => ({
      contract,
      ladder,
      get version() {
        return carrier.versions.get(contract);
      },
      limits: limits.forFunction(contract.name),
    }));
    const breaker = createBreaker(
      {
        ...request.breaker,
        onChange: (state, backoffMs) => logBreaker(logger, name, state, backoffMs),
      },
      () => clock.nowMs(),
    );
    const plugin = createCarriedPlugin(carrier, records, {
      entries: new Map(entries.map((entry) => [entry.contract, entry])),
      revealGuestErrors,
      breaker,
      concurrentCalls: limits.concurrentCalls,
      onClose: () => {
        words.close();
        freeName();
        live.delete(plugin);
      },
    });
    live.add(plugin);
    return plugin;
  } catch (error) {
    words.close();
    freeName();
    throw error;
  }
};

/** Options that only modules have, and whether a value is the default. Defaults are accepted, because configuration files pass them. */
const OF_MODULES = {
  wasi: (value) => value === false,
  config: (value) => Object.keys(value as object).length === 0,
  capabilities: (value) => (value as readonly unknown[]).length === 0,
  instances: (value) => value === 'shared',
  storageScope: () => false,
  metadata: () => false,
} as const satisfies Partial<Record<keyof LoadOptions, (value: unknown) => boolean>>;

/** Throws `PlugwireUsageError` `bad_option` for an option that would have no effect. */
export const checkCarriedOptions = (options: LoadOptions): void => {
  for (const [name, isDefault] of Object.entries(OF_MODULES)) {
    const value: unknown = options[name as keyof LoadOptions];
    if (value === undefined || isDefault(value)) continue;
    throw new PlugwireUsageError(
      'bad_option',
      `${name} is given for a plugin that runs in another process, but only modules have this option: leave it out.`,
    );
  }
};
