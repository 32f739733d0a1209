import { createPluginHost } from '@plugwire/runtime';
import { findLadder, type Ladder } from '@plugwire/wire';

import {
  checkHostFunctions,
  createBreaker,
  createGuestInstance,
  createGuestService,
  createHostMetrics,
  createLinkers,
  createPlugin,
  openSlotRecords,
  guardSources,
  PROTOCOL_FUNCTIONS,
  resolveLimits,
  SILENT_LOG,
  sliceFor,
} from '../runtime-internals.ts';
import { LIMITS, runSync } from './plugwire.ts';
import type { CreateSubject } from './subject.ts';

/**
 * Plugwire, assembled by hand around the plugin's original module: a complete dispatch except for fuel counting. It measures the
 * cost of metering. No public option provides it.
 */
export const createUnmetered: CreateSubject = async ({ contract: { wire: contract }, plugin: bytes }) => {
  const host = createPluginHost({ functions: [contract], limits: LIMITS });
  const { name, identity, metadata } = await host.load(bytes);
  await host.close();

  const limits = resolveLimits(LIMITS);
  const module = await WebAssembly.compile(new Uint8Array(bytes));
  const modules = [{ name: 'main', module, facts: undefined }];
  const created = await createGuestInstance(
    {
      modules,
      slice: sliceFor(0),
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
    createLinkers(modules, []),
    true,
  );
  if (!created.ok) throw new Error(created.message);
  const breaker = createBreaker({}, () => performance.now());
  const service = createGuestService(created.instance, { breaker });
  const records = openSlotRecords(name, createHostMetrics(undefined), undefined);
  const plugin = createPlugin({ name, identity, metadata, sha256: '' }, records, {
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
    service,
    breaker,
    revealGuestErrors: false,
    ping: async () => ({ ok: true }),
    replay: async () => ({ function: '', calls: 0, same: 0, improved: 0, unfit: 0, differences: [] }),
    onClose: async () => records.close(),
  });
  return { run: runSync(plugin, contract), close: async () => await plugin.close() };
};

/** The imports that the protocol provides to every plugin. None of the measured functions uses them. */
const HOST_FUNCTIONS = checkHostFunctions(PROTOCOL_FUNCTIONS);
