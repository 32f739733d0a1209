import type { CallLimits } from '../../limits.ts';
import type { Breaker } from './breaker.ts';
import type { CallResult } from '../call-result.ts';
import { callFailure, endsInstance, entersGuest } from '../call-result.ts';
import type { CallInput, GuestInstance } from '../instance/guest-instance.ts';

/** How instances serve: one after another takes all calls, or each takes a single one. */
export const INSTANCE_MODES = ['shared', 'per_call'] as const;
/** One of {@link INSTANCE_MODES}. */
export type InstanceMode = (typeof INSTANCE_MODES)[number];

/** What a guest has used so far. */
export interface GuestUsage {
  /** Fuel of the last call that ran. */
  readonly lastFuel: number;
  /** Fuel of all calls, start functions not counted. */
  readonly totalFuel: number;
  /** The live instance's own linear memory, in bytes; where there is none, the dropped one's. */
  readonly memoryBytes: number;
}

/** The live instance of a guest and its spares: the one way in which calls reach a guest. */
export interface InstancePool {
  /**
   * Calls the live instance and drops it if the call left it in an unknown state. The deadline counts from `begunMs`, and the breaker
   * from `nowMs`, both by `performance.now()`; from now where they are left out. Never throws.
   */
  call(name: string, input: CallInput, limits: CallLimits, begunMs?: number, nowMs?: number): CallResult;
  /** Whether an instance is there for the next call. */
  isReady(): boolean;
  usage(): GuestUsage;
  /** Makes the spares in the next turn, so that a load need not wait for them. */
  prepareSpares(): void;
  close(): void;
}

export interface InstancePoolOptions {
  readonly mode?: InstanceMode;
  /** Keeps a guest that fails too often, or for too long, from being called. Its clock is `performance.now`. */
  readonly breaker?: Breaker;
}

/** A crash needs one spare. With an instance for each call a burst of calls needs some more. */
const SPARES: Readonly<Record<InstanceMode, number>> = { shared: 1, per_call: 8 };

const usageOf =
  ({ fuelUsed, memoryBytes }: GuestInstance) =>
  (): GuestUsage => ({ lastFuel: fuelUsed().last, totalFuel: fuelUsed().total, memoryBytes: memoryBytes() });

/** Creates a pool around a first instance; `create` makes the further ones, off the call path. */
export const createInstancePool = (
  first: GuestInstance,
  create: () => Promise<GuestInstance>,
  { mode = 'shared', breaker }: InstancePoolOptions = {},
): InstancePool => {
  /** The first of them is live. */
  const instances: GuestInstance[] = [first];
  let isFilling = false;
  let isClosed = false;
  /** Fuel of the instances that were dropped. */
  let formerFuel = 0;
  /** The instance that ran last, until it is dropped. */
  let called: GuestInstance | undefined = first;
  /** Of the instance that ran last; of a dropped one only the numbers are kept. */
  let readUsage = usageOf(first);

  const fill = async (): Promise<void> => {
    try {
      while (!isClosed && instances.length <= SPARES[mode]) instances.push(await create());
    } catch {
      // The place stays empty, and the next call asks again.
    } finally {
      isFilling = false;
      if (isClosed) instances.length = 0;
    }
  };

  /** In a turn of its own: making an instance takes 0.3 ms, for which no caller should wait. */
  const fillSoon = (): void => {
    if (isFilling) return;
    isFilling = true;
    setImmediate(() => void fill());
  };

  const letGo = (): void => {
    const { lastFuel, totalFuel, memoryBytes } = readUsage();
    formerFuel += totalFuel;
    called = undefined;
    readUsage = () => ({ lastFuel, totalFuel: 0, memoryBytes });
  };

  const settle = (instance: GuestInstance, result: CallResult, startedMs: number): void => {
    const hasRun = result.ok || entersGuest(result);
    const isFailed = !result.ok && endsInstance(result);
    // If this one was refused, what ran before is still the last call.
    if (hasRun && called !== instance) {
      called = instance;
      readUsage = usageOf(instance);
    }
    breaker?.record(isFailed, startedMs);
    if (isClosed) letGo();
    else if ((isFailed || (hasRun && mode === 'per_call')) && instances[0] === instance) {
      letGo();
      instances.shift();
      fillSoon();
    }
  };

  return {
    call: (name, input, limits, begunMs, nowMs) => {
      if (isClosed) return callFailure('closed');
      const instance = instances[0];
      if (instance === undefined) {
        fillSoon();
        return callFailure('no_instance');
      }
      if (instance.isBusy()) return callFailure('reentrant_call');
      if (breaker?.admit() === false) return callFailure('breaker_open');
      const startedMs = nowMs ?? performance.now();
      const result = instance.call(name, input, limits, begunMs ?? startedMs);
      settle(instance, result, startedMs);
      return result;
    },
    isReady: () => instances.length > 0,
    // Read when it is asked for, at a scrape: the engine takes longer to tell than some calls take.
    usage: () => {
      const usage = readUsage();
      return { ...usage, totalFuel: formerFuel + usage.totalFuel };
    },
    prepareSpares: fillSoon,
    close: () => {
      if (isClosed) return;
      isClosed = true;
      // A call that closes its own plugin is let go when it has ended: until then nobody knows what it used.
      const isRunning = instances[0]?.isBusy() === true;
      instances.length = 0;
      if (!isRunning) letGo();
    },
  };
};
