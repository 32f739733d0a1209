import { isDeepStrictEqual } from 'node:util';

import type { PluginConfig, PlugwireConfig } from './plugwire-config.ts';

/** What has to be done with one plugin so that a new configuration holds. */
export interface PlannedChange {
  /**
   * `add`: load it. `swap`: another file, or a file whose bytes may have changed. `change`: the same file with other settings, loaded again.
   * `remove`: close it. `disable` and `enable`: load nothing.
   */
  readonly action: 'add' | 'swap' | 'change' | 'remove' | 'disable' | 'enable';
  readonly plugin: string;
  /** The settings that differ, such as `limits` or `sha256`. Never their values: `config` may hold secrets. */
  readonly because: readonly string[];
}

const FILE_KEYS: ReadonlySet<string> = new Set(['path', 'carrier', 'settings', 'sha256', 'bytes']);

/**
 * Compares two configurations. The plan is in the order of the new file; what is removed comes last. `changedFiles` are plugins whose file has
 * other bytes than those that serve.
 *
 * @example
 * planConfig(undefined, config); // [{ action: 'add', plugin: 'greeter', because: [] }]
 */
export const planConfig = (
  before: PlugwireConfig | undefined,
  after: PlugwireConfig,
  changedFiles: ReadonlySet<string> = new Set(),
): readonly PlannedChange[] => {
  const former = before?.plugins ?? {};
  const changes = Object.entries(after.plugins).flatMap(([plugin, next]): PlannedChange[] => {
    const last = former[plugin];
    return last === undefined
      ? [{ action: 'add', plugin, because: [] }]
      : planPlugin(plugin, last, next, changedFiles.has(plugin));
  });
  const removed = Object.keys(former)
    .filter((plugin) => !Object.hasOwn(after.plugins, plugin))
    .map((plugin): PlannedChange => ({ action: 'remove', plugin, because: [] }));
  return [...changes, ...removed];
};

const planPlugin = (
  plugin: string,
  last: PluginConfig,
  next: PluginConfig,
  hasNewBytes: boolean,
): PlannedChange[] => {
  const keys = new Set([...Object.keys(last), ...Object.keys(next)]) as Set<keyof PluginConfig>;
  keys.delete('disabled');
  keys.delete('replay'); // how the next version is tried: nothing of this one
  const settings = [...keys].filter((key) => !isDeepStrictEqual(last[key], next[key])).toSorted();
  const because = hasNewBytes ? [...settings, 'bytes'] : settings;
  const changes: PlannedChange[] = [];
  if (because.length > 0) {
    const action = because.some((key) => FILE_KEYS.has(key)) ? 'swap' : 'change';
    changes.push({ action, plugin, because });
  }
  if (last.disabled !== next.disabled)
    changes.push({ action: next.disabled ? 'disable' : 'enable', plugin, because: ['disabled'] });
  return changes;
};
