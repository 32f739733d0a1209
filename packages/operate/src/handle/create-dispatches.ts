import type { Absence, PluginSlot } from '@plugwire/runtime';
import type { WireFunction } from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import type { Canary } from './canary.ts';
import type { Dispatches, HandleDispatchOptions } from './plugin-handle.ts';
import type { Version } from './version.ts';

/** The version that gets a request, and whether it is a canary. */
interface Choice {
  readonly version: Version;
  readonly trying: Canary | undefined;
}

/** Creates `dispatch` and `dispatchSync`. A version is chosen for each request. */
export const createDispatches = (
  slot: Pick<PluginSlot, 'fallBack'>,
  choose: (options: HandleDispatchOptions | undefined) => Choice | Absence,
): Dispatches => ({
  dispatchSync: (contract: WireFunction, request: unknown, options?: HandleDispatchOptions) => {
    const choice = choose(options);
    if (typeof choice === 'string') return slot.fallBack(contract, request, choice, options);
    const { version, trying } = choice;
    const { dispatchSync: run } = version.plugin;
    if (run === undefined) return slot.fallBack(contract, request, 'not_synchronous', options);
    if (trying === undefined) return run(contract, request, options);
    const startedMs = clock.nowMs();
    const outcome = run(contract, request, options);
    trying.note(outcome, startedMs);
    return outcome;
  },
  dispatch: async (contract: WireFunction, request: unknown, options?: HandleDispatchOptions) => {
    const choice = choose(options);
    if (typeof choice === 'string') return slot.fallBack(contract, request, choice, options);
    const { version, trying } = choice;
    // A version that is swapped out during the call still answers it.
    const release = version.hold();
    try {
      const startedMs = clock.nowMs();
      const outcome = await version.plugin.dispatch(contract, request, options);
      trying?.note(outcome, startedMs);
      return outcome;
    } finally {
      release();
    }
  },
});
