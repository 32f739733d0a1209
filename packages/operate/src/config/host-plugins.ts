import type { ChainContract, RequestOf, WireFunction } from '@plugwire/wire';

import { type Chain, createChain } from '../chain/create-chain.ts';
import type { Operator } from '../operator/create-operator.ts';
import type { HandleDispatchOptions, PluginHandle } from '../handle/plugin-handle.ts';
import { type OperateCode, OperateError } from '../base/operate-error.ts';
import type { HostConfig, PlugwireConfig } from './plugwire-config.ts';

/** The plugins that one host may use by the current configuration. Only plugins on the host's list are available. */
export interface HostPlugins {
  /** The name of the host in the configuration. */
  readonly name: string;
  /** Returns the handles of its plugins, in the order of its list. Throws `OperateError` `unknown_host`. */
  handles(): readonly PluginHandle[];
  /** Returns the handle of a plugin on its list. Throws `OperateError` `unknown_host` or `not_listed`. */
  get(plugin: string): PluginHandle;
  /** Returns the handle of the plugin with a role. Throws `OperateError` `unknown_host` or `unknown_role`. */
  role(role: string): PluginHandle;
  /** Returns whether a plugin has the role. Throws `OperateError` `unknown_host`. */
  hasRole(role: string): boolean;
  /** Returns whether the configuration has the chain. Throws `OperateError` `unknown_host`. */
  hasChain(chain: string): boolean;
  /**
   * Returns the chain for a contract. By default its name in the configuration is the name of the function. After an edit of the
   * configuration, the next dispatch calls the new plugins. If an edit removes the chain, it keeps the plugins that it had. Removed plugins
   * then fail by the contract's policy.
   *
   * Throws `OperateError` `unknown_host` or `unknown_chain`.
   */
  chain<Contract extends WireFunction>(contract: ChainContract<Contract>, name?: string): Chain<Contract>;
}

/**
 * Creates access to the plugins of one host. `current` is called at each use. For a watched configuration use `watch.forHost(name)`. The
 * plugins must be open in the operator: `applyConfig` opens them.
 *
 * Throws `OperateError` `unknown_host`.
 *
 * @example
 * const edge = createHostPlugins(operator, 'edge', () => config);
 * edge.role('filter').dispatchSync(filter, request);
 */
export const createHostPlugins = (
  operator: Pick<Operator, 'get'>,
  name: string,
  current: () => Pick<PlugwireConfig, 'hosts'>,
): HostPlugins => {
  const host = (): HostConfig => {
    const { hosts } = current();
    return find(hosts, name) ?? refuse('unknown_host', `there is no host ${JSON.stringify(name)}`, hosts);
  };
  const handlesOf = (plugins: readonly string[]): readonly PluginHandle[] =>
    plugins.map((plugin) => operator.get(plugin));
  host();
  return {
    name,
    handles: () => handlesOf(host().plugins),
    get: (plugin) => {
      const { plugins } = host();
      if (plugins.includes(plugin)) return operator.get(plugin);
      const listed = Object.fromEntries(plugins.map((each) => [each, true]));
      return refuse('not_listed', `${JSON.stringify(plugin)} is not on the list of "${name}"`, listed);
    },
    role: (role) => {
      const { roles } = host();
      const plugin = find(roles, role);
      if (plugin !== undefined) return operator.get(plugin);
      return refuse('unknown_role', `"${name}" has no role ${JSON.stringify(role)}`, roles);
    },
    hasRole: (role) => find(host().roles, role) !== undefined,
    hasChain: (chain) => find(host().chains, chain) !== undefined,
    chain: <Contract extends WireFunction>(
      contract: ChainContract<Contract>,
      called: string = contract.contract.name,
    ): Chain<Contract> => {
      const linksOf = (): readonly string[] => {
        const { chains } = host();
        return (
          find(chains, called) ??
          refuse('unknown_chain', `"${name}" has no chain ${JSON.stringify(called)}`, chains)
        );
      };
      const create = (): Chain<Contract> => createChain(contract, handlesOf(linksOf()));
      let seen = current();
      let chain = create();
      const now = (): Chain<Contract> => {
        const next = current();
        if (next !== seen) {
          seen = next;
          try {
            chain = create();
          } catch {
            // The chain is no longer in the configuration. The contract's policy applies to the plugins that it had.
          }
        }
        return chain;
      };
      return {
        get plugins() {
          return now().plugins;
        },
        dispatchSync: (request: RequestOf<Contract>, options?: HandleDispatchOptions) =>
          now().dispatchSync(request, options),
        dispatch: async (request: RequestOf<Contract>, options?: HandleDispatchOptions) =>
          await now().dispatch(request, options),
      };
    },
  };
};

const find = <Value>(table: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

const refuse = (code: OperateCode, problem: string, known: object): never => {
  throw new OperateError(
    code,
    `${problem}: expected one of ${Object.keys(known).join(', ') || 'none'}. Correct the name, or the configuration.`,
  );
};
