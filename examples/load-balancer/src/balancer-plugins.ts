import {
  type Chain,
  createChain,
  type HostConfig,
  type HostForm,
  type Operator,
  type PluginHandle,
} from '@plugwire/operate';
import { defineChain } from '@plugwire/wire';
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

/** The handles of the plugins that a host has. Throws `OperateError` `unknown_name` for a plugin that is not open. */
export const assignPlugins = (operator: Operator, { roles, chains }: HostConfig): BalancerPlugins => {
  const inRole = (role: (typeof BALANCER_FORM.roles)[number]): PluginHandle | undefined => {
    const name = roles[role];
    return name === undefined ? undefined : operator.get(name);
  };
  const inChain = (chain: (typeof BALANCER_FORM.chains)[number]): readonly PluginHandle[] =>
    (chains[chain] ?? []).map(operator.get);
  return {
    filter: createChain(filterChain, inChain('filter')),
    shape: inRole('shape'),
    signer: inRole('signer'),
    normalizer: inRole('normalizer'),
    observer: createChain(observerChain, inChain('observer')),
  };
};

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

/** Gives the plugins of a host as it is at the time: what it has is looked up again when it has become another object. */
export const followHost = (operator: Operator, current: () => HostConfig): (() => BalancerPlugins) => {
  let host = current();
  let plugins = assignPlugins(operator, host);
  return () => {
    const now = current();
    if (now !== host) {
      plugins = assignPlugins(operator, now);
      host = now;
    }
    return plugins;
  };
};
