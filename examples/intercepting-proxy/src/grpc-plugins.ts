import type { Operator } from '@plugwire/operate';
import { faultPlugin, type FaultPluginOptions } from '@plugwire/process';

import type { InterceptPlugin } from './intercept-plugin.ts';

/** Plugins of fault, which run by themselves. */
export interface GrpcPluginsOptions extends Omit<FaultPluginOptions, 'address' | 'name'> {
  /** Such as `http://127.0.0.1:50051`, in the order in which they see what passes. */
  readonly addresses: readonly string[];
  /** Whether nothing may pass that they did not see. The host of the operator then has `guardedInterceptFunctions`. */
  readonly isGuard?: boolean;
}

/**
 * Loads plugins by their addresses, as `grpc-0`, `grpc-1` and so on. One that is away joins when it comes. Rejects with `PlugwireUsageError`
 * `bad_option` for what is no address.
 */
export const openGrpcPlugins = async (
  operator: Operator,
  { addresses, isGuard = false, ...options }: GrpcPluginsOptions,
): Promise<readonly InterceptPlugin[]> =>
  await Promise.all(
    addresses.map(async (address, at): Promise<InterceptPlugin> => {
      const handle = operator.open(`grpc-${at}`);
      await handle.swap(faultPlugin({ ...options, address }));
      return { handle, isGuard, isRemote: true };
    }),
  );
