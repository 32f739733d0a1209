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

/** A contract of a host, before a version of it is negotiated. */
type Rehearsed = Omit<DispatchEntry, 'version' | 'limits'>;

/**
 * How many dispatches are rehearsed in total: while the load waits for something else too, and when it waits for them alone. After
 * the former the engine has compiled the code that all dispatches share, after the latter most of it.
 */
const DISPATCHES = { beside: 5_000, alone: 2_000 } as const;
/** How many milliseconds they may take. An idle machine needs a quarter of it for small samples. */
const REHEARSAL_MS = 60;

/** A long deadline, so that a busy machine does not end a rehearsal. */
const LIMITS = resolveLimits({ deadlineMs: 1_000 });

let rehearsal: Promise<void> | undefined;
let isAwaited = false;

/** A rehearsal that has started. */
export interface Rehearsal {
  /** Shortens it, and waits until it has ended. Never rejects. */
  end(): Promise<void>;
}

/**
 * Dispatches the sample requests of two contracts to plugins that return their sample responses. The engine then compiles the host's
 * own part of a dispatch before traffic arrives. Without a rehearsal the first calls run in the interpreter and take four times as
 * long. It runs once in a process, for the first contracts of the host that loads first. It calls no plugin that was loaded, and logs and counts nothing.
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
  // Two plugins: V8 does not use the code that it optimised for the closures of a single plugin for a second one.
  const scenes = [await createScene(first), await createScene(second)];
  try {
    await loadTurns.runLast(play(scenes));
  } finally {
    await Promise.all(scenes.map(async ({ plugin }) => await plugin.close()));
  }
};

/** A contract, a plugin that answers it, and its sample request. */
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
    // A failure would log and call the contract's default.
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

/** Nobody replays anything here. */
const NOTHING_REPLAYED = { calls: 0, same: 0, improved: 0, unfit: 0, differences: [] };

/** Who a plugin of the rehearsal is: nobody reads it. */
const NOBODY = { name: '', identity: { plugin_version: '' } } as Plugin;
