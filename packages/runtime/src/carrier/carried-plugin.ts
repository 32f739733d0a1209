import type { WireFunction } from '@plugwire/wire';

import type { DispatchOptions, DispatchTarget } from '../plugin/dispatch-target.ts';
import { CLOSED, type ServingPlugin } from '../plugin/serving-plugin.ts';
import { readRecent, type SlotRecords } from '../plugin/slot-records.ts';
import type { Breaker } from '../breaker/breaker.ts';
import type { GuestUsage } from '../outcomes/guest-usage.ts';
import type { OpenCarrier } from './carrier.ts';
import { createCarrierService } from './carrier-service.ts';
import { type CarrierTarget, dispatchOver } from './dispatch-over.ts';

/** The parts of a carried plugin besides its carrier. */
interface CarriedParts {
  readonly entries: DispatchTarget['entries'];
  readonly revealGuestErrors: boolean;
  readonly breaker: Breaker;
  readonly concurrentCalls: number;
  /** Called once, when the carrier has been closed. */
  onClose(): void;
}

/** Creates the plugin object for a carrier. It serves under the name of a slot. */
export const createCarriedPlugin = (
  carrier: OpenCarrier,
  records: SlotRecords,
  { entries, revealGuestErrors, breaker, concurrentCalls, onClose }: CarriedParts,
): ServingPlugin => {
  const { name, counts, log, recent } = records;
  const service = createCarrierService(carrier, { breaker, concurrentCalls });
  let isClosed = false;
  const target: CarrierTarget = {
    name,
    entries,
    service,
    counts,
    log,
    recent,
    revealGuestErrors,
    isClosed: () => isClosed,
  };
  /** A process has no fuel. */
  const usage = (): GuestUsage => ({
    lastFuel: 0,
    totalFuel: 0,
    memoryBytes: isClosed ? 0 : (carrier.memoryBytes?.() ?? 0),
  });
  const own = counts.addPlugin({
    get version() {
      return carrier.identity.plugin_version;
    },
    sha256: carrier.sha256,
    usage: () => ({ ...usage(), breaker: breaker.state() }),
  });

  const end = async (): Promise<void> => {
    isClosed = true;
    service.close();
    own.close();
    await carrier.close();
    onClose();
  };
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => await (closing ??= end());

  return {
    name,
    get identity() {
      return carrier.identity;
    },
    sha256: carrier.sha256,
    get functions() {
      return namesOf(carrier.versions);
    },
    dispatch: async (contract: WireFunction, request: unknown, options?: DispatchOptions) =>
      await dispatchOver(target, contract, request, options),
    ping: async () => (isClosed ? CLOSED : await carrier.ping()),
    promote: own.promote,
    health: () => ({
      status: isClosed ? 'closed' : (carrier.isUp?.() ?? true) ? 'ready' : 'down',
      breaker: breaker.state(),
      usage: usage(),
      recent: readRecent(records),
    }),
    close,
    [Symbol.asyncDispose]: close,
  };
};

/** The version of each function, by function name. */
const namesOf = (versions: OpenCarrier['versions']): Readonly<Record<string, number>> =>
  Object.freeze(Object.fromEntries([...versions].map(([{ name }, version]) => [name, version])));
