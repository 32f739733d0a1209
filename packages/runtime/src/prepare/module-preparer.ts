import { IDENTITY_SECTION, PROTOCOL_LIMITS } from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import { type IdentityPlace, inspectModule } from './inspect-module.ts';
import { createLane } from './lane.ts';
import { meteringLimitsOf } from '../metering/metering-limits.ts';
import type { Inspected } from './load-thread-messages.ts';
import { createLoadThread, type LoadThread } from './load-thread.ts';
import { type Prepared, prepareModule, type PrepareOptions, validateElsewhere } from './prepare-module.ts';
import { createPreparedModules } from './prepared-modules.ts';
import { createTurns, type Turns } from './turns.ts';
import { type Warmable, warmModule } from './warm-module.ts';

/**
 * A prepared module. `warmed` resolves when its functions are compiled, or after {@link WARM_WAIT}. It rejects with
 * `compile`/`load_thread_ended`.
 */
export interface PreparedModule {
  readonly prepared: Prepared;
  readonly warmed: Promise<void>;
}

/** Inspects and prepares modules: large ones in the load thread, small ones in turns of the calling thread. */
export interface ModulePreparer {
  /** Announces a module of this size that is still being read, so that the thread can start meanwhile. */
  expect(byteLength: number): Promise<void>;
  /** Hashes a module and finds its identity section. Takes the bytes, and returns them with what was found. */
  inspect(bytes: Uint8Array<ArrayBuffer>): Promise<Inspected>;
  /**
   * Meters and compiles a module. Takes its bytes. The same bytes and options are prepared once, as long as somebody uses the module.
   *
   * Rejects with `PluginLoadError` `compile`/`load_thread_ended`.
   */
  prepare(inspected: Inspected, options: PrepareOptions): Promise<PreparedModule>;
}

/** Modules of at least this size start the thread. It compiles their functions, if nothing else. */
const WORTH_STARTING_BYTES = 256 * 1024;
/** Modules of at least this size wait until the thread has started, about 50 ms. Smaller ones are ready sooner without it. */
const WORTH_WAITING_BYTES = 2 * 1024 * 1024;
/** Modules of at least this size go to a thread that is running, and are validated on the engine's own threads where it is not. */
const WORTH_SENDING_BYTES = 32 * 1024;

/**
 * How long a load waits until functions are compiled: the milliseconds, or the share of the time that it took to prepare the module,
 * whichever is longer. The thread compiles the rest of a large module while the plugin serves.
 */
const WARM_WAIT = { ms: 100, share: 0.2 } as const;

/** The section that holds a plugin's identity. */
export const IDENTITY_PLACE: IdentityPlace = {
  name: IDENTITY_SECTION,
  mostBytes: PROTOCOL_LIMITS.identityBytes,
};

/** Creates a preparer. Each process has one: {@link modulePreparer}. */
export const createModulePreparer = (turns: Turns, thread: LoadThread): ModulePreparer => {
  const modules = createPreparedModules();
  const isForThread = (byteLength: number): boolean =>
    byteLength >= (thread.isReady() ? WORTH_SENDING_BYTES : WORTH_WAITING_BYTES);

  /** Uses a turn of its own, because creating a thread takes two milliseconds. */
  const expect = async (byteLength: number): Promise<void> => {
    if (byteLength < WORTH_STARTING_BYTES) return;
    await turns.next();
    thread.start();
  };

  const inspect = async (bytes: Uint8Array<ArrayBuffer>): Promise<Inspected> => {
    await expect(bytes.length);
    if (isForThread(bytes.length)) {
      const answer = await thread.run({ kind: 'inspect', bytes, place: IDENTITY_PLACE });
      if (answer?.kind === 'inspected') return answer.inspected;
    }
    return { ...(await turns.run(inspectModule(bytes, IDENTITY_PLACE))), bytes };
  };

  /**
   * A large module, or a function that is slow to compile, is for the thread. Without one, slow functions stay as they are, because
   * each would block the event loop, and of the others as many are compiled as a load waits for.
   */
  const warm = async (warmable: Warmable, isSlow: boolean): Promise<void> => {
    const isLarge = warmable.bytes.length >= WORTH_STARTING_BYTES;
    const answer = isSlow || isLarge ? await thread.run({ kind: 'warm', ...warmable }) : undefined;
    if (answer === undefined && !isSlow) await turns.run(warmModule(warmable, WARM_WAIT.ms));
  };

  const prepareHere = async (
    given: Uint8Array<ArrayBuffer>,
    options: PrepareOptions,
  ): Promise<PreparedModule> => {
    const validate = given.length < WORTH_SENDING_BYTES ? undefined : validateElsewhere;
    const { prepared, meteredBytes: bytes } = await prepareModule(given, options, turns, validate);
    if (!prepared.ok) return { prepared, warmed: Promise.resolve() };
    const { module, metered } = prepared;
    const { functions, slowToCompile } = metered;
    return { prepared, warmed: warm({ module, functions, bytes }, slowToCompile) };
  };

  const prepareAnywhere = async (
    bytes: Uint8Array<ArrayBuffer>,
    options: PrepareOptions,
  ): Promise<PreparedModule> => {
    const startedMs = clock.nowMs();
    const answer = isForThread(bytes.length)
      ? await thread.run({ kind: 'prepare', bytes, options })
      : undefined;
    const { prepared, warmed } = answer?.kind === 'prepared' ? answer : await prepareHere(bytes, options);
    const waitMs = Math.max(WARM_WAIT.ms, WARM_WAIT.share * (clock.nowMs() - startedMs));
    return { prepared, warmed: atMost(warmed, waitMs) };
  };

  return {
    expect,
    inspect,
    prepare: async ({ sha256, bytes }, options) =>
      await modules.findOrMake(keyOf(sha256, options), async () => await prepareAnywhere(bytes, options)),
  };
};

/** Settles like `work`, or resolves after `waitMs`. */
const atMost = async (work: Promise<void>, waitMs: number): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const waited = new Promise<void>((resolve) => {
    timer = clock.setTimeout(resolve, waitMs);
  });
  try {
    await Promise.race([work, waited]);
  } finally {
    clock.clearTimeout(timer);
  }
};

/**
 * Identifies a prepared module. Every limit counts: one that changes nothing in the module still decides whether it is accepted. Only
 * `moduleBytes` is left out, which was checked when the bytes were read.
 */
const keyOf = (sha256: string, { limits, rename }: PrepareOptions): string => {
  const { moduleBytes: _, ...others } = meteringLimitsOf(limits);
  return [sha256, ...Object.values(others), rename?.from, rename?.to].join(' ');
};

/** The turns in which all loads work in this thread. */
export const loadTurns: Turns = createTurns();

const lane = createLane();

/**
 * Runs the part of a load that needs this thread, such as making an instance. It starts in a new turn, and one load at a time does it.
 * Do not use it for work that waits for something outside of the process.
 */
export const inLoadLane = async <Result>(work: () => Promise<Result>): Promise<Result> =>
  await lane.run(async () => {
    await loadTurns.next();
    return await work();
  });

/** The preparer of this process. */
export const modulePreparer: ModulePreparer = createModulePreparer(loadTurns, createLoadThread());
