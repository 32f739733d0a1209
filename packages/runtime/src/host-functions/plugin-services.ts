import type { GuestMetrics } from '../observe/guest-metrics.ts';
import type { GuestLog } from '../kernel/kernel.ts';
import type { PluginStore } from '../storage/plugin-storage.ts';
import type { GuardedSources } from './host-sources.ts';
import type { HostCaller } from './host-function-body.ts';

/** What the protocol's functions need of one plugin. */
export interface PluginServices {
  readonly log: GuestLog;
  readonly metrics: GuestMetrics;
  readonly sources: GuardedSources;
  /** `undefined` unless `storage` was negotiated. */
  readonly store: PluginStore | undefined;
}

const services = new WeakMap<HostCaller, PluginServices>();

/** Creates the caller that host functions get. It shows only the plugin's name. Only the protocol's functions can get its services. */
export const createCaller = (plugin: string, own: PluginServices): HostCaller => {
  const caller: HostCaller = Object.freeze({ plugin });
  services.set(caller, own);
  return caller;
};

/** Returns the services of a plugin. Only the protocol's functions call it, and only plugins with services can import them. */
export const servicesOf = (caller: HostCaller): PluginServices => services.get(caller) as PluginServices;
