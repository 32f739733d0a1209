import {
  createOperator,
  type Operator,
  openRegistry,
  type ConfigWatch,
  watchConfig,
} from '@plugwire/operate';
import {
  createPluginHost,
  type LimitOptions,
  type PluginStorage,
  type RecordingRule,
} from '@plugwire/runtime';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';

import { type Admin, startAdmin } from '../admin/start-admin.ts';
import { type Balancer, startBalancer } from '../balancer.ts';
import type { BalancerLimits } from '../balancer-limits.ts';
import { BALANCER_FORM, followPlugins, HOST_NAME } from '../balancer-plugins.ts';
import type { ListenAddress } from '@plugwire/example-shared/listen';
import type { UpstreamOptions } from '../upstream.ts';

export interface ServiceOptions {
  /** The configuration file. */
  readonly config: string;
  readonly upstreams: readonly UpstreamOptions[];
  readonly logger: Logger;
  readonly registry: Registry;
  /** What plugins store; in memory by default. It is closed with the service. */
  readonly storage?: PluginStorage;
  /** Where modules and what was negotiated with them are kept. Without a folder every start shakes hands with every plugin. */
  readonly registryFolder?: string | undefined;
  readonly address?: ListenAddress;
  readonly adminAddress?: ListenAddress;
  readonly limits?: Partial<BalancerLimits>;
  /** Over those of the runtime, below those of the configuration file. */
  readonly pluginLimits?: LimitOptions;
  /** Whose calls are recorded, for replays: none by default. */
  readonly recordings?: readonly RecordingRule[];
}

/** A balancer in production: its plugins by a configuration file that is followed, and a server for its operators. */
export interface Service {
  readonly operator: Operator;
  readonly watch: ConfigWatch;
  readonly balancer: Balancer;
  readonly admin: Admin;
  /**
   * Takes nothing more, lets requests end within `drainMs`, and closes everything: the balancer, then the plugins that its last requests need,
   * then the storage, which confirms what was written. The admin server says `draining` until the end.
   */
  close(): Promise<void>;
}

/**
 * Opens a balancer with everything around it. A plugin that cannot be loaded keeps nothing from starting. Rejects with `ConfigError` for a
 * configuration that cannot be used, with `OperateError` for a registry that cannot, and as `startBalancer` does.
 */
export const openService = async (options: ServiceOptions): Promise<Service> => {
  const { config, upstreams, logger, registry, storage, limits, pluginLimits, recordings = [] } = options;
  const functions = loadBalancerFunctions;
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const each of closing.splice(0).toReversed()) await each();
  };
  /** Closed in the reverse of the order in which they were opened. */
  const opened = <Part extends { close(): Promise<unknown> }>(part: Part): Part => {
    closing.push(async () => await part.close());
    return part;
  };
  try {
    if (storage !== undefined) opened(storage);
    const folder = options.registryFolder;
    const modules =
      folder === undefined ? {} : { registry: await openRegistry({ folder, functions, logger }) };
    const host = opened(
      createPluginHost({
        functions,
        logger,
        registry,
        recordings,
        ...(storage === undefined ? {} : { storage }),
        ...(pluginLimits === undefined ? {} : { limits: pluginLimits }),
      }),
    );
    const operator = opened(createOperator({ host, logger, ...modules }));
    const hosts = { [HOST_NAME]: BALANCER_FORM };
    const watch = opened(await watchConfig(operator, { file: config, hosts, logger }));
    const plugins = followPlugins(watch);
    const settingsOf = (name: string) => watch.current().plugins[name];
    // Until it listens it takes no requests.
    let isDraining = (): boolean => true;
    const admin = opened(
      await startAdmin({
        operator,
        isDraining: () => isDraining(),
        plugins,
        registry,
        settingsOf,
        reload: watch.reload,
        address: options.adminAddress,
      }),
    );
    const balancer = opened(
      await startBalancer({
        upstreams,
        plugins,
        logger,
        registry,
        ...(options.address === undefined ? {} : { address: options.address }),
        ...(limits === undefined ? {} : { limits }),
      }),
    );
    ({ isDraining } = balancer);
    return { operator, watch, balancer, admin, close };
  } catch (error) {
    await close();
    throw error;
  }
};
