import type { WireFunction } from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import { guardSources } from '../host-functions/host-sources.ts';
import { resolveLimits } from '../base/limits.ts';
import { compileModules } from '../modules/compile-modules.ts';
import { readSource } from '../modules/read-source.ts';
import type { Steps } from '../metering/steps.ts';
import { SILENT_LOG } from '../observe/guest-log.ts';
import { createHostMetrics } from '../observe/host-metrics.ts';
import { inLoadLane, loadTurns } from '../prepare/module-preparer.ts';
import { createGuest } from '../sandbox/guest.ts';
import { createGuestService } from '../sandbox/guest-service.ts';
import { REHEARSAL_BASE64 } from '../kernel/kernel-bytes.ts';
import { createBreaker } from '../breaker/breaker.ts';
import type { DispatchEntry } from '../plugin/dispatch-target.ts';
import { createPlugin, type Plugin } from '../plugin/plugin.ts';
import { openSlotRecords } from '../plugin/slot-records.ts';

/** A contract of a host without a negotiated version. */
type Rehearsed = Omit<DispatchEntry, 'version' | 'limits'>;

/**
 * The total number of dispatches. `beside` applies while the load is busy with other work. `alone` applies when the load waits only for the
 * rehearsal. After 5,000 the engine has compiled the code that all dispatches share. After 2,000 it has compiled most of it.
 */
const DISPATCHES = { beside: 5_000, alone: 2_000 } as const;
/** The longest time of a rehearsal in milliseconds. An idle machine needs a quarter of it for small samples. */
const REHEARSAL_MS = 60;

/** A long deadline, so that dispatches do not fail on a busy machine. */
const LIMITS = resolveLimits({ deadlineMs: 1_000 });

let rehearsal: Promise<void> | undefined;
let isAwaited = false;

/** A rehearsal that has started. */
export interface Rehearsal {
  /** Limits it to fewer dispatches, and resolves when it has ended. Never rejects. */
  end(): Promise<void>;
}

/**
 * Dispatches the sample requests of two contracts to internal plugins that return the sample responses. This makes the engine compile the
 * host's part of a dispatch before traffic arrives. Without a rehearsal the first calls run in the interpreter and take four times as long.
 *
 * It runs once per process, with the first two contracts of the first host that loads a plugin. It calls no loaded plugin, and logs and
 * counts nothing.
 */
export const startRehearsal = (contracts: readonly Rehearsed[]): Rehearsal => {
  const running = (rehearsal ??= rehearse(contracts).catch(() => undefined));
  return {
    end: async () => {
      isAwaited = true;
      await running;
    },
  };
};

const rehearse = async (contracts: readonly Rehearsed[]): Promise<void> => {
  const [first, second = first] = contracts;
  if (first === undefined || second === undefined) return;
  // Two plugins, because V8 does not reuse code that it optimised for the closures of one plugin for another.
  const scenes = [await createScene(first), await createScene(second)];
  try {
    await loadTurns.runLast(play(scenes));
  } finally {
    await Promise.all(scenes.map(async ({ plugin }) => await plugin.close()));
  }
};

/** A contract, an internal plugin that implements it, and the sample request. */
interface Scene {
  readonly contract: WireFunction;
  readonly plugin: Plugin;
  readonly request: unknown;
}

const play = function* (scenes: readonly Scene[]): Steps {
  let spentMs = 0;
  for (let played = 0; played < DISPATCHES[isAwaited ? 'alone' : 'beside']; played += 1) {
    const { plugin, contract, request } = scenes[played % scenes.length] as Scene;
    const startMs = clock.nowMs();
    const { kind } = plugin.dispatchSync(contract, request);
    spentMs += clock.nowMs() - startMs;
    // A failure ends the rehearsal, because it would be logged and call the contract's default.
    if (kind !== 'ok' || spentMs > REHEARSAL_MS) return;
    yield;
  }
};

/** The export of `rehearsal.wat`, and the configuration key that holds its answer. */
const EXPORT = 'answer';
const ANSWER_KEY = 'a';

const createScene = async ({ contract, ladder }: Rehearsed): Promise<Scene> => {
  const { version, sample } = ladder.newest;
  const response = ladder.newest.response.fromHost(sample.response);
  const answer = response.ok ? JSON.stringify({ ...response.message.wire, _v: version }) : '';
  const source = new Uint8Array(Buffer.from(REHEARSAL_BASE64, 'base64'));
  const modules = await compileModules(await readSource(source, LIMITS), LIMITS, false);
  const parts = {
    modules,
    hostFunctions: new Map(),
    sources: guardSources(undefined),
    config: new Map([[ANSWER_KEY, answer]]),
    limits: LIMITS,
    wasi: undefined,
  };
  const guest = await inLoadLane(async () => await createGuest(parts));
  const create = async () =>
    await guest.instantiate({ gate: () => undefined, log: SILENT_LOG, caller: { plugin: contract.name } });
  const breaker = createBreaker({}, () => clock.nowMs());
  const service = createGuestService(await inLoadLane(create), { breaker });
  // The guest has one export for all contracts, and a dispatch calls the export of the contract's name.
  const rehearsed = { ...contract, name: EXPORT };
  const entry = { contract: rehearsed, ladder, version, limits: LIMITS };
  const records = openSlotRecords(contract.name, createHostMetrics(undefined), undefined);
  const plugin = createPlugin(NOBODY, records, {
    entries: new Map([[rehearsed, entry]]),
    service,
    breaker,
    revealGuestErrors: false,
    ping: async () => ({ ok: true }),
    replay: async () => ({ ...NOTHING_REPLAYED, function: EXPORT }),
    onClose: async () => records.close(),
  });
  return { contract: rehearsed, plugin, request: sample.request };
};

/** A rehearsal never replays. */
const NOTHING_REPLAYED = { calls: 0, same: 0, improved: 0, unfit: 0, differences: [] };

/** The identity of an internal plugin. It is never shown. */
const NOBODY = { name: '', identity: { plugin_version: '' } } as Plugin;
