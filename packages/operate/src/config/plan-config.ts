import { isDeepStrictEqual } from 'node:util';

import type { PluginConfig, PlugwireConfig } from './plugwire-config.ts';

/** The change to one plugin that a new configuration requires. */
export interface PlannedChange {
  /**
   * `add`: load the plugin. `swap`: load another file, or a file whose bytes may have changed. `change`: load the same file again with other
   * settings. `remove`: close the plugin. `disable` and `enable`: load nothing.
   */
  readonly action: 'add' | 'swap' | 'change' | 'remove' | 'disable' | 'enable';
  readonly plugin: string;
  /** The names of the settings that differ, such as `limits` or `sha256`. Never their values, because `config` may contain secrets. */
  readonly because: readonly string[];
}

const FILE_KEYS: ReadonlySet<string> = new Set(['path', 'carrier', 'settings', 'sha256', 'bytes']);

/**
 * Compares two configurations and returns the changes. They have the order of the new file, and removals come last. `changedFiles` has the
 * names of plugins whose file differs from the bytes that serve.
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
  keys.delete('replay'); // applies to the next version, not to this one
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
