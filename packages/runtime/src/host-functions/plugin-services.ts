import type { GuestMetrics } from '../observe/guest-metrics.ts';
import type { GuestLog } from '../kernel/kernel.ts';
import type { PluginStore } from '../storage/plugin-storage.ts';
import type { GuardedSources } from './host-sources.ts';
import type { HostCaller } from './host-function-body.ts';

/** What the protocol's functions work with, for one plugin. */
export interface PluginServices {
  readonly log: GuestLog;
  readonly metrics: GuestMetrics;
  readonly sources: GuardedSources;
  /** `undefined` unless `storage` was negotiated. */
  readonly store: PluginStore | undefined;
}

const services = new WeakMap<HostCaller, PluginServices>();

/** A plugin as host functions see it: its name. What is behind it is for the protocol's own functions. */
export const createCaller = (plugin: string, own: PluginServices): HostCaller => {
  const caller: HostCaller = Object.freeze({ plugin });
  services.set(caller, own);
  return caller;
};

/** The services of a plugin. Only the protocol's functions ask, which only plugins with services can import. */
export const servicesOf = (caller: HostCaller): PluginServices => services.get(caller) as PluginServices;
