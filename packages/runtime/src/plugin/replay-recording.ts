import type { WireFunction } from '@plugwire/wire';

import { SILENT_LOG } from '../observe/guest-log.ts';
import { createHostMetrics } from '../observe/host-metrics.ts';
import { inLoadLane, loadTurns } from '../prepare/module-preparer.ts';
import type { RecordingRule } from '../recording/define-recording.ts';
import { createHostCallPlayer } from '../recording/host-call-player.ts';
import type { Recording } from '../recording/recording.ts';
import { contractOf, replayCalls, type ReplayOptions, type ReplayReport } from '../recording/replay-calls.ts';
import type { Guest } from '../sandbox/guest.ts';
import { createGuestService, type InstanceMode } from '../sandbox/guest-service.ts';
import type { GuestRights } from '../sandbox/instance/guest-instance.ts';
import { dispatchTo, type GuestTarget } from './dispatch.ts';
import { openSlotRecords } from './slot-records.ts';

/** The parts of a plugin that a replay needs. */
interface Replayed {
  readonly guest: Guest;
  readonly gate: GuestRights['gate'];
  readonly entries: GuestTarget['entries'];
  readonly instances: InstanceMode;
  /** The rules by which the plugin's own calls are recorded. */
  readonly rules: readonly RecordingRule[];
}

/**
 * Replays a recording in an instance that is dropped afterwards. No host function runs, and nothing is written, counted, logged or published.
 *
 * Rejects with `PlugwireUsageError` `bad_recording`, and with `PluginLoadError` `instantiate`.
 */
export const replayRecording = async (
  { guest, gate, entries, instances, rules }: Replayed,
  recording: Recording,
  options: ReplayOptions = {},
): Promise<ReplayReport> => {
  const contract = contractOf([...entries.keys()], recording);
  const player = createHostCallPlayer();
  const rights = { gate, log: SILENT_LOG, caller: NOBODY, intercept: player.intercept };
  const instance = await inLoadLane(async () => await guest.instantiate(rights));
  const { name, counts, log, recent } = openSlotRecords('replay', createHostMetrics(undefined), undefined);
  const service = createGuestService(instance, { mode: instances });
  const target: GuestTarget = {
    name,
    entries,
    service,
    counts,
    log,
    recent,
    revealGuestErrors: false,
    isReplay: true,
    isClosed: () => false,
  };
  const dispatch = (to: WireFunction, request: unknown) => dispatchTo(target, to, request, undefined);
  try {
    return await loadTurns.run(replayCalls({ rules, player, dispatch }, contract, recording.calls, options));
  } finally {
    service.close();
  }
};

const NOBODY = Object.freeze({ plugin: undefined });
