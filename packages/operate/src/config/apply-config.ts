import type { HostLogger } from '@plugwire/runtime';

import { clock } from '../base/clock.ts';
import type { Operator } from '../operator/create-operator.ts';
import type { PluginHandle, PreparedSwap, SwapOptions } from '../handle/plugin-handle.ts';
import { inParallel } from '../base/in-parallel.ts';
import { within } from '../base/within.ts';
import { sourceOf } from './source-of.ts';
import { type PlannedChange, planConfig } from './plan-config.ts';
import type { PluginConfig, PlugwireConfig } from './plugwire-config.ts';

/** How a plan is carried out. */
export interface ApplyOptions {
  /** What was applied before; `undefined` at the start. */
  readonly before?: PlugwireConfig | undefined;
  /**
   * `all_or_nothing`: if one plugin cannot be loaded nothing changes. `what_works`: each plugin for itself, for the start, when a bad
   * plugin must not keep the others away.
   */
  readonly mode: 'all_or_nothing' | 'what_works';
  /** Plugins to load again although their settings are the same: see `planConfig`. */
  readonly changedFiles?: ReadonlySet<string>;
  /** Called at the instant at which traffic moves, when the new plugins serve and those that the configuration has no more still do. */
  readonly onMoved?: () => void;
  /** How long all loads may take together, in milliseconds: 60 seconds by default. What is not ready then has failed with `not_in_time`. */
  readonly withinMs?: number;
  readonly logger?: HostLogger | undefined;
}

/** A plugin that could not be loaded. */
export interface ApplyFailure {
  readonly plugin: string;
  readonly error: unknown;
}

/** What came of a plan. */
export interface ApplyReport {
  readonly plan: readonly PlannedChange[];
  /** Whether the configuration holds now: always with `what_works`. */
  readonly isApplied: boolean;
  readonly failures: readonly ApplyFailure[];
}

/** Loads at a time. */
const LOADS_AT_A_TIME = 8;
/** How long they may take together. */
const LOADS_MS = 60_000;

/**
 * Makes the plugins of an operator what a configuration says. New versions are loaded and checked eight at a time. With `all_or_nothing`
 * traffic moves when all of them are ready, at one instant; with `what_works` each serves as soon as it is ready. Never rejects for what a plugin does.
 */
export const applyConfig = async (
  operator: Operator,
  config: PlugwireConfig,
  { before, mode, changedFiles, onMoved, withinMs = LOADS_MS, logger }: ApplyOptions,
): Promise<ApplyReport> => {
  const plan = planConfig(before, config, changedFiles);
  for (const { action, plugin, because } of plan)
    logger?.info({ target: LOG_TARGET, plugin, action, because }, 'planned change');
  const opened: PluginHandle[] = [];
  const handleOf = (name: string): PluginHandle => {
    if (operator.names().includes(name)) return operator.get(name);
    const handle = operator.open(name);
    opened.push(handle);
    return handle;
  };

  const failures: ApplyFailure[] = [];
  const prepared: PreparedSwap[] = [];
  const loads = plan.filter(({ action }) => LOADING.has(action));
  const endMs = clock.nowMs() + withinMs;
  await inParallel(LOADS_AT_A_TIME, loads, async ({ action, plugin }) => {
    const settings = config.plugins[plugin] as PluginConfig;
    try {
      const handle = handleOf(plugin);
      // Before it is loaded: no request may reach it.
      if (action === 'add' && settings.disabled) await handle.disable();
      const loading = handle.prepareSwap(sourceOf(operator, config, settings), toSwapOptions(settings));
      const swap = await within(endMs, loading, (late) => void late.cancel());
      if (mode === 'what_works') swap.commit();
      else prepared.push(swap);
    } catch (error) {
      failures.push({ plugin, error });
      logger?.warn({ target: LOG_TARGET, plugin, ...codesOf(error) }, 'plugin cannot be loaded');
    }
  });

  if (failures.length > 0 && mode === 'all_or_nothing') {
    await Promise.all(prepared.map(async ({ cancel }) => await cancel()));
    await Promise.all(opened.map(async (handle) => await handle.close()));
    logger?.warn(
      { target: LOG_TARGET, failures: failures.length },
      'configuration refused, nothing has changed',
    );
    return { plan, isApplied: false, failures };
  }
  for (const { commit } of prepared) commit();
  const switches = plan.flatMap(({ action, plugin }): Promise<void>[] => {
    if (action === 'disable') return [handleOf(plugin).disable()];
    return action === 'enable' ? [handleOf(plugin).enable()] : [];
  });
  onMoved?.();
  for (const each of await Promise.allSettled(switches))
    if (each.status === 'rejected')
      logger?.warn({ target: LOG_TARGET, ...codesOf(each.reason) }, 'plugin is enabled until a restart only');
  const removed = plan.filter(({ action }) => action === 'remove');
  await Promise.all(removed.map(async ({ plugin }) => await handleOf(plugin).close()));
  logger?.info(
    { target: LOG_TARGET, changes: plan.length, failures: failures.length },
    'configuration applied',
  );
  return { plan, isApplied: true, failures };
};

const LOG_TARGET = 'cc_lb_plugin.operate';

const LOADING: ReadonlySet<PlannedChange['action']> = new Set(['add', 'swap', 'change']);

/** What a plugin is loaded with. The file is what the operator trusts: another plugin in it is meant. */
const toSwapOptions = ({
  path: _path,
  carrier: _carrier,
  settings: _settings,
  disabled: _disabled,
  ...options
}: PluginConfig): SwapOptions => ({
  ...options,
  allowAnotherPlugin: true,
});

const codesOf = (error: unknown): { readonly stage?: unknown; readonly code?: unknown } => {
  const { stage, code } = error as { readonly stage?: unknown; readonly code?: unknown };
  return { stage, code };
};
