import type { CallLimits } from '../limits.ts';
import type { CallResult } from './call-result.ts';
import { callFailure, endsInstance } from './call-result.ts';
import type { GuestInstance } from './guest-instance.ts';

/** The live instance of a guest and its spare: the one way in which calls reach a guest. */
export interface InstancePool {
  /** Calls the live instance and drops it if the call left it in an unknown state. Never throws. */
  call(name: string, input: string | Uint8Array, limits: CallLimits): CallResult;
  /** Whether an instance is there for the next call. */
  isReady(): boolean;
  /** Makes the spare now, so that a load need not wait for it. */
  prepareSpare(): void;
  close(): void;
}

/** Creates a pool around a first instance; `create` makes the further ones, off the call path. */
export const createInstancePool = (
  first: GuestInstance,
  create: () => Promise<GuestInstance>,
): InstancePool => {
  let live: GuestInstance | undefined = first;
  let spare: GuestInstance | undefined;
  let isFilling = false;
  let isClosed = false;

  const fill = async (): Promise<void> => {
    if (isFilling) return;
    isFilling = true;
    try {
      while (!isClosed && (live === undefined || spare === undefined)) admit(await create());
    } catch {
      // The place stays empty, and the next call asks again.
    } finally {
      isFilling = false;
    }
  };

  const admit = (instance: GuestInstance): void => {
    if (isClosed) return;
    if (live === undefined) live = instance;
    else spare = instance;
  };

  const drop = (): void => {
    live = spare;
    spare = undefined;
    void fill();
  };

  return {
    call: (name, input, limits) => {
      if (isClosed) return callFailure('closed');
      const instance = live;
      if (instance === undefined) {
        void fill();
        return callFailure('no_instance');
      }
      const result = instance.call(name, input, limits);
      if (!result.ok && endsInstance(result) && live === instance) drop();
      return result;
    },
    isReady: () => live !== undefined && !isClosed,
    prepareSpare: () => void fill(),
    close: () => {
      isClosed = true;
      live = undefined;
      spare = undefined;
    },
  };
};
