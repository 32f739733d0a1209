import { findLadder, type WireFunction } from '@plugwire/wire';

import type { ResolvedLimits } from '../base/limits.ts';
import { dispatchTo } from './dispatch.ts';
import type { Absence, DispatchOutcome } from '../outcomes/dispatch-outcome.ts';
import type { DispatchEntry, DispatchOptions } from './dispatch-target.ts';
import type { SlotRecords } from './slot-records.ts';

const MEANINGS: Readonly<Record<Absence, string>> = {
  not_loaded: 'no plugin is loaded under this name: its load failed or is still running',
  disabled: 'the operator has disabled the plugin',
  not_synchronous:
    'the plugin runs in another process and cannot be called in this thread: use dispatch, not dispatchSync',
};

/** Answers dispatches when no plugin can. */
export interface AbsentPlugin {
  /** Returns the fallback for a request with the code of the absence, and counts and logs it. Never throws. */
  fallBack<Contract extends WireFunction>(
    contract: Contract,
    request: unknown,
    absence: Absence,
    options?: DispatchOptions,
  ): DispatchOutcome<Contract>;
}

/** Creates a stand-in for a plugin. Each dispatch runs at the newest version, and its call fails with the code of the absence. */
export const createAbsentPlugin = (
  records: SlotRecords,
  functions: readonly WireFunction[],
  limits: ResolvedLimits,
  revealGuestErrors: boolean,
): AbsentPlugin => {
  const entries = new Map(
    functions.flatMap((contract): [WireFunction, DispatchEntry][] => {
      const ladder = findLadder(contract);
      if (ladder === undefined) return [];
      const { version } = ladder.newest;
      return [[contract, { contract, ladder, version, limits: limits.forFunction(contract.name) }]];
    }),
  );
  const { name, counts, log, recent } = records;
  return {
    fallBack: (contract, request, absence, options) => {
      const failure = { ok: false, code: absence, message: MEANINGS[absence], guestText: undefined } as const;
      const service = { call: () => failure };
      const isClosed = () => false;
      const target = { name, entries, service, counts, log, recent, revealGuestErrors, isClosed };
      return dispatchTo(target, contract, request, options);
    },
  };
};
