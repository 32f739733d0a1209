/** What is wrong with a key of one plugin. */
interface SourceIssue {
  readonly path: readonly [string, string, string];
  readonly message: string;
}

/** Keys that only modules have. */
const OF_MODULES = ['config', 'capabilities', 'wasi', 'instances', 'storage_scope'] as const;

/** Finds plugins of which it is not said, or said twice, what they are loaded from. Takes what a TOML file holds, whatever it is. */
export const checkSources = (file: unknown): readonly SourceIssue[] => {
  const plugins = (file as { readonly plugins?: unknown } | null)?.plugins;
  if (typeof plugins !== 'object' || plugins === null) return [];
  return Object.entries(plugins).flatMap(([name, plugin]) =>
    typeof plugin === 'object' && plugin !== null
      ? checkPlugin(plugin).map(([key, message]) => ({ path: ['plugins', name, key] as const, message }))
      : [],
  );
};

const checkPlugin = (plugin: object): readonly (readonly [string, string])[] => {
  const has = (key: string): boolean => Object.hasOwn(plugin, key);
  if (!has('carrier')) {
    if (!has('path')) return [['path', 'expected the path of a .wasm file, or a carrier']];
    return has('settings') ? [['settings', 'they are those of a carrier: name it, or remove them']] : [];
  }
  const surplus = OF_MODULES.filter(has).map(
    (key) => [key, 'only modules have it: remove it, or give a path in the place of the carrier'] as const,
  );
  return has('path')
    ? [['carrier', 'a plugin has a path or a carrier: remove one of them'], ...surplus]
    : surplus;
};
