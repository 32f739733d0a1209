import type { HostLogger } from '@plugwire/runtime';

import { clock } from '../base/clock.ts';
import type { Operator } from '../operator/create-operator.ts';
import type { PluginHandle, PreparedSwap, SwapOptions } from '../handle/plugin-handle.ts';
import { inParallel } from '../base/in-parallel.ts';
import { within } from '../base/within.ts';
import { sourceOf } from './source-of.ts';
import { type PlannedChange, planConfig } from './plan-config.ts';
import type { PluginConfig, PlugwireConfig } from './plugwire-config.ts';

/** Options of {@link applyConfig}. */
export interface ApplyOptions {
  /** The configuration that was applied before. `undefined` at the start. */
  readonly before?: PlugwireConfig | undefined;
  /**
   * `all_or_nothing`: if one plugin cannot be loaded, nothing changes. `what_works`: each plugin that can be loaded serves. Use it at the
   * start, so that one bad plugin does not stop the others.
   */
  readonly mode: 'all_or_nothing' | 'what_works';
  /** Plugins to load again although their settings are unchanged: see `planConfig`. */
  readonly changedFiles?: ReadonlySet<string>;
  /** Called when traffic moves. At this time the new plugins serve, and removed plugins still serve. */
  readonly onMoved?: () => void;
  /** The time for all loads together, in milliseconds. Plugins that are not ready then fail with `not_in_time`. By default 60,000. */
  readonly withinMs?: number;
  readonly logger?: HostLogger | undefined;
}

/** A plugin that could not be loaded. */
export interface ApplyFailure {
  readonly plugin: string;
  readonly error: unknown;
}

/** The result of applying a configuration. */
export interface ApplyReport {
  readonly plan: readonly PlannedChange[];
  /** Whether the configuration was applied. Always true with `what_works`. */
  readonly isApplied: boolean;
  readonly failures: readonly ApplyFailure[];
}

/** The most loads at a time. */
const LOADS_AT_A_TIME = 8;
/** The default time for all loads together, in milliseconds. */
const LOADS_MS = 60_000;

/**
 * Applies a configuration to the plugins of an operator. New versions are loaded and checked, eight at a time. With `all_or_nothing` traffic
 * moves to all of them at once when all are ready. With `what_works` each serves as soon as it is ready.
 *
 * Plugins that cannot be loaded do not make it reject: see `failures` of the report.
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
      // Disabled before it is loaded, so that no request reaches it.
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

/** The options with which a plugin is loaded. The operator's file is trusted, so it may name another plugin than before. */
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
