import { channel } from 'node:diagnostics_channel';

import { CHANNELS, type HostLogger, type PluginSlot } from '@plugwire/runtime';

import { clock } from '../base/clock.ts';
import { OperateError } from '../base/operate-error.ts';
import { loadRegistered } from './load-registered.ts';
import type { Registry } from '../registry/open-registry.ts';
import { type Canary, checkCanary, createCanary } from './canary.ts';
import { checkReplay, parseReplaySettings, type ReplayTotals } from './check-replay.ts';
import { createInOrder } from '../base/in-order.ts';
import { createDispatches } from './create-dispatches.ts';
import type {
  CanaryHealth,
  FailureReport,
  HandleHealth,
  PinnedVersion,
  PluginHandle,
  PreparedSwap,
  SwapOptions,
  SwapReport,
  VersionSource,
} from './plugin-handle.ts';
import { persistDisabled } from './persist-disabled.ts';
import { reportFailure } from './report-failure.ts';
import { createVersion, type Version } from './version.ts';

/** The parts of a handle. */
interface HandleParts {
  readonly slot: PluginSlot;
  readonly registry: Registry | undefined;
  readonly logger: HostLogger | undefined;
  onClose(): void;
}

/** A version that is loaded and checked, and does not serve yet. */
interface Loaded {
  readonly version: Version;
  readonly replayed: ReplayTotals | undefined;
}

const swaps = channel(CHANNELS.swap);
const LOG_TARGET = 'cc_lb_plugin.operate';

/** Creates a handle for the slot of its name. */
export const createHandle = ({ slot, registry, logger, onClose }: HandleParts): PluginHandle => {
  const { name } = slot;
  const loadPlugin = loadRegistered(slot, registry);
  let current: Version | undefined;
  let previous: Version | undefined;
  let canary: Canary | undefined;
  let lastCanary: CanaryHealth | undefined;
  let lastSwap: SwapReport | undefined;
  let lastFailure: FailureReport | undefined;
  let isDisabled = registry?.isDisabled(name) ?? false;
  let isClosed = false;
  const inOrder = createInOrder();

  const checkOpen = (): void => {
    if (isClosed)
      throw new OperateError('handle_closed', `the handle "${name}" is closed: open the name again.`);
  };

  const log = (level: 'info' | 'warn', fields: object, message: string): void => {
    try {
      logger?.[level]({ target: LOG_TARGET, plugin: name, ...fields }, message);
    } catch {
      // There is no other place to report it.
    }
  };

  /** Loads a version beside the others, and closes it again if it may not serve here. */
  const loadVersion = async (source: VersionSource, options: SwapOptions | undefined): Promise<Loaded> => {
    const { allowAnotherPlugin = false, replay, ...given } = options ?? current?.options ?? {};
    const check = replay === undefined ? undefined : parseReplaySettings(replay);
    const version = createVersion(await loadPlugin(source, given), given);
    try {
      checkOpen();
      const serving = current?.facts.plugin;
      if (serving !== undefined && serving !== version.facts.plugin && !allowAnotherPlugin) {
        throw new OperateError(
          'another_plugin',
          `"${name}" is served by the plugin ${serving}, but the file has the plugin ${version.facts.plugin}: give the right file, or set allowAnotherPlugin.`,
        );
      }
      // If no version serves, there are no calls to replay.
      const replayed =
        check === undefined || current === undefined
          ? undefined
          : await checkReplay(name, version, [previous, current], check);
      checkOpen();
      return { version, replayed };
    } catch (error) {
      await version.retire();
      throw error;
    }
  };

  /** Stores why an operation failed for `health()`, and rethrows the error. */
  const noting = async <Result>(run: () => Promise<Result>): Promise<Result> => {
    try {
      return await run();
    } catch (error) {
      lastFailure = reportFailure(error);
      const { stage, code } = lastFailure;
      log('warn', { stage, code }, 'operation failed, the previous version keeps serving');
      throw error;
    }
  };

  /** Moves all traffic to a version at once. */
  const moveTo = (to: Version, how: SwapReport['how'], replayed?: ReplayTotals): SwapReport => {
    const from = current;
    current = to;
    previous = from;
    to.plugin.promote();
    lastSwap = { from: from?.facts, to: to.facts, how, replayed, atUnixMs: clock.unixMs() };
    log('info', { how, from: from?.facts, to: to.facts, replayed }, 'plugin swapped');
    if (swaps.hasSubscribers) swaps.publish({ plugin: name, ...lastSwap });
    return lastSwap;
  };

  const prepareSwap = async (source: VersionSource, options?: SwapOptions): Promise<PreparedSwap> => {
    checkOpen();
    const { version, replayed } = await noting(async () => await loadVersion(source, options));
    return {
      to: version.facts,
      replayed,
      commit: () => {
        checkOpen();
        const former = previous;
        const report = moveTo(version, 'swap', replayed);
        void former?.retire();
        return report;
      },
      cancel: version.retire,
    };
  };

  const endCanary = (status: 'promoted' | 'withdrawn'): Version => {
    if (canary === undefined)
      throw new OperateError('no_canary', `"${name}" has no canary: start one first.`);
    const { version } = canary;
    lastCanary = canary.health(status);
    canary = undefined;
    return version;
  };

  const withdrawFailing = (): void => {
    const version = endCanary('withdrawn');
    log('warn', { canary: lastCanary }, 'canary withdrawn, too many of its dispatches fell back');
    void version.retire();
  };

  const { dispatchSync, dispatch } = createDispatches(slot, (options) => {
    if (isDisabled) return 'disabled';
    const trying = canary?.takes(options?.key) === true ? canary : undefined;
    const version = trying?.version ?? current;
    return version === undefined ? 'not_loaded' : { version, trying };
  });

  const state = (): HandleHealth['state'] => {
    if (isClosed) return 'closed';
    if (isDisabled) return 'disabled';
    return current === undefined ? 'not_loaded' : 'serving';
  };

  const close = async (): Promise<void> => {
    if (isClosed) return;
    isClosed = true;
    current = undefined;
    previous = undefined;
    canary = undefined;
    await slot.close();
    onClose();
  };

  return {
    name,
    dispatchSync,
    dispatch,
    swap: async (source, options) =>
      await inOrder(async () => {
        const { commit } = await prepareSwap(source, options);
        return commit();
      }),
    prepareSwap: async (source, options) => await inOrder(async () => await prepareSwap(source, options)),
    rollBack: () => {
      checkOpen();
      if (previous === undefined)
        throw new OperateError(
          'nothing_to_roll_back',
          `"${name}" has no previous version that is still loaded: swap to the file of the version that you want.`,
        );
      return moveTo(previous, 'roll_back');
    },
    forgetPrevious: async () => {
      const former = previous;
      previous = undefined;
      await former?.retire();
    },
    startCanary: async (source, options) =>
      await inOrder(async () => {
        checkOpen();
        if (canary !== undefined)
          throw new OperateError(
            'canary_running',
            `"${name}" already has a canary: promote or withdraw it first.`,
          );
        if (current === undefined)
          throw new OperateError(
            'not_loaded',
            `"${name}" has no serving version, which a canary needs: swap first.`,
          );
        await noting(async () => {
          const {
            share: _share,
            failureShare: _failures,
            minimumCalls: _calls,
            ...load
          } = checkCanary(options);
          const { version, replayed } = await loadVersion(source, { ...current?.options, ...load });
          canary = createCanary(version, options, withdrawFailing);
          log('info', { canary: canary.health('running'), replayed }, 'canary started');
        });
      }),
    promoteCanary: async () =>
      await inOrder(async () => {
        checkOpen();
        const former = previous;
        const report = moveTo(endCanary('promoted'), 'canary');
        void former?.retire();
        return report;
      }),
    withdrawCanary: async () =>
      await inOrder(async () => {
        checkOpen();
        await endCanary('withdrawn').retire();
      }),
    pin: () => {
      checkOpen();
      if (current === undefined)
        throw new OperateError('not_loaded', `"${name}" has no version to pin: swap first.`);
      return pin(current, slot, () => isDisabled);
    },
    disable: async ({ persist = false } = {}) => {
      isDisabled = true;
      log('info', { persist }, 'plugin disabled');
      if (persist) await persistDisabled(registry, name, true);
    },
    enable: async () => {
      isDisabled = false;
      log('info', {}, 'plugin enabled');
      if (registry !== undefined) await persistDisabled(registry, name, false);
    },
    recordings: () => current?.plugin.recordings?.() ?? [],
    ping: async () => (current === undefined ? NOT_LOADED : await current.plugin.ping()),
    health: () => ({
      name,
      state: state(),
      version: current?.facts,
      functions: current?.plugin.functions ?? {},
      ...usageOf(current?.plugin),
      recent: slot.recent(),
      previous: previous?.facts,
      canary: canary?.health('running') ?? lastCanary,
      lastSwap,
      lastFailure,
    }),
    close,
    [Symbol.asyncDispose]: close,
  };
};

const NOT_LOADED = {
  ok: false,
  stage: 'instantiate',
  code: 'not_loaded',
  message: 'no version is loaded under this name',
} as const;

const usageOf = (
  plugin: Version['plugin'] | undefined,
): Pick<HandleHealth, 'status' | 'breaker' | 'usage'> => {
  if (plugin === undefined) return { status: undefined, breaker: undefined, usage: undefined };
  const { status, breaker, usage } = plugin.health();
  return { status, breaker, usage };
};

const pin = (version: Version, slot: PluginSlot, isDisabled: () => boolean): PinnedVersion => {
  const release = version.hold();
  return {
    ...version.facts,
    facts: version.facts,
    ...createDispatches(slot, () => (isDisabled() ? 'disabled' : { version, trying: undefined })),
    release,
    [Symbol.dispose]: release,
  };
};
