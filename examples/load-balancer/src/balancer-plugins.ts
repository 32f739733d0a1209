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

/** What plugins do here. `signer` serves `build_signer`, `sign` and `on_unauthorized`, since its state is its own. */
export const ROLES = ['filter', 'shape', 'signer', 'normalizer', 'observer'] as const;
export type Role = (typeof ROLES)[number];

/** The name of the balancer's host in the configuration file. */
export const HOST_NAME = 'balancer';

/** What the file may say of it: one plugin for each role, and several in a row for each chain. */
export const BALANCER_FORM = {
  roles: ['shape', 'signer', 'normalizer'],
  chains: ['filter', 'observer'],
} as const satisfies HostForm;

/** Several filters: each sees the upstreams that those before it accepted, so the last one's answer is that of all. */
export const filterChain = defineChain(filter, {
  kind: 'pipeline',
  next: (request, { results }) => ({
    ...request,
    candidates: readDecisions(results, request.candidates),
  }),
});

/** Several observers: all of them hear of everything. */
const observerChain = defineChain(observe, { kind: 'all' });

/** Who does what. A role without a plugin is no failure: the balancer goes on as if there were no such step. */
export interface BalancerPlugins {
  readonly filter: Chain<typeof filter>;
  readonly shape: PluginHandle | undefined;
  readonly signer: PluginHandle | undefined;
  readonly normalizer: PluginHandle | undefined;
  readonly observer: Chain<typeof observe>;
}

/** The handles of a host's plugins, as its configuration is now. Throws `OperateError` `unknown_name` for a plugin that is not open. */
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

/** Gives the plugins of a host as its file is at the time: they are looked up again after each edit. */
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

/** The same without a file. */
export const assignPlugins = (operator: Operator, host: HostConfig): BalancerPlugins =>
  readPlugins(createHostPlugins(operator, HOST_NAME, () => ({ hosts: { [HOST_NAME]: host } })));

/** A host that has one plugin for each of these roles, by name. */
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
