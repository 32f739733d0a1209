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
  /** The storage of the plugins, in memory by default. It is closed with the service. */
  readonly storage?: PluginStorage;
  /** The folder for modules and their negotiated facts. Without a folder, every start runs the handshake of every plugin. */
  readonly registryFolder?: string | undefined;
  readonly address?: ListenAddress;
  readonly adminAddress?: ListenAddress;
  readonly limits?: Partial<BalancerLimits>;
  /** Limits that override those of the runtime. The configuration file overrides them. */
  readonly pluginLimits?: LimitOptions;
  /** The functions whose calls are recorded for replays. None by default. */
  readonly recordings?: readonly RecordingRule[];
}

/** A balancer for production, with a watched configuration file and an admin server. */
export interface Service {
  readonly operator: Operator;
  readonly watch: ConfigWatch;
  readonly balancer: Balancer;
  readonly admin: Admin;
  /**
   * Stops accepting requests, waits up to `drainMs` for running ones, and closes everything: the balancer, then the plugins, then the storage,
   * which confirms all writes. The admin server reports `draining` until the end.
   */
  close(): Promise<void>;
}

/**
 * Opens a balancer with its plugins and its admin server. It also starts if a plugin cannot be loaded. Rejects with `ConfigError` for an invalid
 * configuration, with `OperateError` for an unusable registry, and like `startBalancer`.
 */
export const openService = async (options: ServiceOptions): Promise<Service> => {
  const { config, upstreams, logger, registry, storage, limits, pluginLimits, recordings = [] } = options;
  const functions = loadBalancerFunctions;
  const closing: (() => Promise<unknown>)[] = [];
  const close = async (): Promise<void> => {
    for (const each of closing.splice(0).toReversed()) await each();
  };
  /** The opened parts. They are closed in reverse order. */
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
    // It accepts no requests until it listens.
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
