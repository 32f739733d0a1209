import { createPluginHost } from '@plugwire/runtime';
import { findLadder, type Ladder } from '@plugwire/wire';

import {
  checkHostFunctions,
  createBreaker,
  createDispatchLog,
  createGuestInstance,
  createGuestMetrics,
  createHostMetrics,
  createInstancePool,
  createPlugin,
  guardSources,
  instantiateThroughExtism,
  PROTOCOL_FUNCTIONS,
  resolveLimits,
  SILENT_LOG,
  sliceFor,
} from '../runtime-internals.ts';
import { LIMITS, runSync } from './plugwire.ts';
import type { CreateSubject } from './subject.ts';

/**
 * Ours, put together by hand around the plugin's original module: everything of a dispatch but the counting of fuel. For
 * measuring what metering costs; nothing that a host could ask for.
 */
export const createUnmetered: CreateSubject = async ({ contract: { wire: contract }, plugin: bytes }) => {
  const host = createPluginHost({ functions: [contract], limits: LIMITS });
  const { name, identity, metadata } = await host.load(bytes);
  await host.close();

  const limits = resolveLimits(LIMITS);
  const module = await WebAssembly.compile(new Uint8Array(bytes));
  const create = async () => {
    const created = await createGuestInstance(
      {
        modules: [{ name: 'main', module }],
        slice: sliceFor(0),
        counters: 0,
        memories: [],
        initialisers: [],
        hostFunctions: HOST_FUNCTIONS,
        wasi: [],
        wasiSettings: { args: [], env: {} },
        sources: guardSources(),
        gate: () => undefined,
        caller: { plugin: name },
        config: new Map(),
        log: SILENT_LOG,
        limits,
      },
      instantiateThroughExtism,
    );
    if (!created.ok) throw new Error(created.message);
    return created.instance;
  };
  const breaker = createBreaker({}, () => performance.now());
  const pool = createInstancePool(await create(), create, { breaker });
  const plugin = createPlugin(
    { name, identity, metadata },
    {
      entries: new Map([
        [
          contract,
          {
            contract,
            ladder: findLadder(contract) as Ladder,
            version: metadata.negotiated_functions[contract.name],
            limits: limits.forFunction(contract.name),
          },
        ],
      ]),
      pool,
      breaker,
      counts: createHostMetrics(undefined).openPlugin(
        name,
        () => ({ ...pool.usage(), breaker: breaker.state() }),
        createGuestMetrics(limits.metricSeries),
      ),
      log: createDispatchLog(undefined, name),
      revealGuestErrors: false,
    },
    async () => {},
  );
  return { run: runSync(plugin, contract), close: async () => await plugin.close() };
};

/** What the protocol gives every plugin; none of the measured functions asks for any of it. */
const HOST_FUNCTIONS = checkHostFunctions(PROTOCOL_FUNCTIONS);
