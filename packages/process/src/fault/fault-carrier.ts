import type { CarrierFactory } from '@plugwire/runtime';
import { PlugwireUsageError } from '@plugwire/wire';
import { z } from 'zod';

import type { FaultPluginOptions } from './fault-options.ts';
import { faultPlugin } from './fault-plugin.ts';

/** The settings of such a plugin in a configuration file. */
const form = z.strictObject({
  address: z.string(),
  connect_timeout_ms: z.int().optional(),
  health_interval_ms: z.int().optional(),
  health_timeout_ms: z.int().optional(),
});

/**
 * Creates a carrier for fault plugins in the configuration file of `@plugwire/operate`. `shared` has the options of all these plugins. The
 * file can set `address`, `connect_timeout_ms`, `health_interval_ms` and `health_timeout_ms`, which override `shared`.
 *
 * The returned function throws `PlugwireUsageError` `bad_option` for other settings.
 *
 * @example
 * const carriers = { fault: faultCarrier() };
 * const operator = createOperator({ host, carriers });
 */
export const faultCarrier =
  (shared: Omit<FaultPluginOptions, 'address'> = {}): CarrierFactory =>
  (settings) => {
    const read = form.safeParse(settings);
    if (!read.success) {
      const [issue] = read.error.issues;
      throw new PlugwireUsageError(
        'bad_option',
        `settings${issue?.path.map((key) => `.${String(key)}`).join('') ?? ''}: ${issue?.message}. Expected ${Object.keys(form.shape).join(', ')}.`,
      );
    }
    const {
      address,
      connect_timeout_ms: connectTimeoutMs = shared.connectTimeoutMs,
      health_interval_ms: healthIntervalMs = shared.healthIntervalMs,
      health_timeout_ms: healthTimeoutMs = shared.healthTimeoutMs,
    } = read.data;
    return faultPlugin({
      ...shared,
      address,
      ...(connectTimeoutMs === undefined ? {} : { connectTimeoutMs }),
      ...(healthIntervalMs === undefined ? {} : { healthIntervalMs }),
      ...(healthTimeoutMs === undefined ? {} : { healthTimeoutMs }),
    });
  };
