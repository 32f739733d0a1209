import {
  type Chain,
  type ConfigWatch,
  createChain,
  createHostPlugins,
  type HostConfig,
  type HostForm,
  type HostPlugins,
  type Operator,
  type PluginHandle,
} from '@plugwire/operate';
import { type ChainContract, defineChain, type WireFunction } from '@plugwire/wire';
import { filter, observe } from '@plugwire/wire/load-balancer';

import { readDecisions } from './read-decisions.ts';

/** The roles of plugins. The `signer` implements `build_signer`, `sign` and `on_unauthorized`, because they share a state. */
export const ROLES = ['filter', 'shape', 'signer', 'normalizer', 'observer'] as const;
export type Role = (typeof ROLES)[number];

/** The name of the balancer's host in the configuration file. */
export const HOST_NAME = 'balancer';

/** The roles and chains of the host in the configuration file. A role has one plugin, a chain has several in order. */
export const BALANCER_FORM = {
  roles: ['shape', 'signer', 'normalizer'],
  chains: ['filter', 'observer'],
} as const satisfies HostForm;

/** A chain of filters. Each sees the upstreams that the earlier ones accepted, so the last answer is the answer of the chain. */
export const filterChain = defineChain(filter, {
  kind: 'pipeline',
  next: (request, { results }) => ({
    ...request,
    candidates: readDecisions(results, request.candidates),
  }),
});

/** A chain of observers. Each gets all events. */
const observerChain = defineChain(observe, { kind: 'all' });

/** The plugins in each role and chain. A role without a plugin is not a failure: the balancer skips its step. */
export interface BalancerPlugins {
  readonly filter: Chain<typeof filter>;
  readonly shape: PluginHandle | undefined;
  readonly signer: PluginHandle | undefined;
  readonly normalizer: PluginHandle | undefined;
  readonly observer: Chain<typeof observe>;
}

/** Reads the plugins of a host from its current configuration. Throws `OperateError` `unknown_name` for a plugin that is not open. */
const readPlugins = (host: HostPlugins): BalancerPlugins => {
  const inRole = (role: (typeof BALANCER_FORM.roles)[number]): PluginHandle | undefined =>
    host.hasRole(role) ? host.role(role) : undefined;
  const inChain = <Contract extends WireFunction>(
    name: (typeof BALANCER_FORM.chains)[number],
    contract: ChainContract<Contract>,
  ): Chain<Contract> => (host.hasChain(name) ? host.chain(contract, name) : createChain(contract, []));
  return {
    filter: inChain('filter', filterChain),
    shape: inRole('shape'),
    signer: inRole('signer'),
    normalizer: inRole('normalizer'),
    observer: inChain('observer', observerChain),
  };
};

/** Returns a function that returns the plugins of the current configuration file. They are looked up again after each edit. */
export const followPlugins = (watch: Pick<ConfigWatch, 'current' | 'forHost'>): (() => BalancerPlugins) => {
  const host = watch.forHost(HOST_NAME);
  let seen = watch.current();
  let plugins = readPlugins(host);
  return () => {
    const now = watch.current();
    if (now !== seen) {
      plugins = readPlugins(host);
      seen = now;
    }
    return plugins;
  };
};

/** Returns the plugins of a host without a configuration file. Throws `OperateError` `unknown_name` for a plugin that is not open. */
export const assignPlugins = (operator: Operator, host: HostConfig): BalancerPlugins =>
  readPlugins(createHostPlugins(operator, HOST_NAME, () => ({ hosts: { [HOST_NAME]: host } })));

/** Creates the configuration of a host with one plugin in each of these roles. The values are names of plugins. */
export const hostWith = (plugins: Readonly<Partial<Record<Role, string>>>): HostConfig => {
  const { filter: filtering, observer, ...roles } = plugins;
  return {
    plugins: [...new Set(Object.values(plugins))],
    roles,
    chains: {
      ...(filtering === undefined ? {} : { filter: [filtering] }),
      ...(observer === undefined ? {} : { observer: [observer] }),
    },
  };
};
