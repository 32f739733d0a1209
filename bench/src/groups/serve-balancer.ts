/**
 * The child process of measure-balancer.ts: `node serve-balancer.js UPSTREAM ROLE …` serves until its parent ends it, with one plugin
 * that has all of these roles. It sends its parent the origin.
 *
 * @module
 */
import { readToolchainPlugin } from '@plugwire/pdk-fixtures';
import { createOperator } from '@plugwire/operate';
import { createPluginHost } from '@plugwire/runtime';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';
import { pino } from 'pino';
import { Registry } from 'prom-client';

import { assignPlugins, hostWith, type Role, startBalancer } from '../load-balancer.ts';

const main = async (upstream: string, roles: readonly Role[]): Promise<string> => {
  const logger = pino({ level: 'silent' });
  const registry = new Registry();
  const host = createPluginHost({ functions: loadBalancerFunctions, logger, registry });
  const operator = createOperator({ host });
  await operator.open('all').swap(readToolchainPlugin('load-balancer-assemblyscript'));
  const plugins = assignPlugins(operator, hostWith(Object.fromEntries(roles.map((role) => [role, 'all']))));
  const upstreams = [
    { id: '00000000-0000-4000-8000-000000000001', name: 'one', origin: upstream, factoryState: KEYS },
  ];
  const balancer = await startBalancer({ upstreams, plugins: () => plugins, logger, registry });
  return balancer.origin;
};

/** The factory state from which the plugin's `build_signer` builds a signer. */
const KEYS = { keys: [{ key_id: 'k-1', key_base64: 'c2VjcmV0' }] };

const [upstream = '', ...roles] = process.argv.slice(2);
process.send?.(await main(upstream, roles as Role[]));
process.on('disconnect', () => process.exit());
