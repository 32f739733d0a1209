/** A problem with a key of one plugin. */
interface SourceIssue {
  readonly path: readonly [string, string, string];
  readonly message: string;
}

/** Keys that only modules have. */
const OF_MODULES = ['config', 'capabilities', 'wasi', 'instances', 'storage_scope'] as const;

/** Finds plugins with no source or with two sources. Accepts any parsed TOML value. */
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
    return has('settings')
      ? [
          [
            'settings',
            'settings belong to a carrier, but none is given: name the carrier, or remove the settings',
          ],
        ]
      : [];
  }
  const surplus = OF_MODULES.filter(has).map(
    (key) => [key, 'only modules have this key: remove it, or give a path instead of the carrier'] as const,
  );
  return has('path')
    ? [['carrier', 'expected either a path or a carrier, not both: remove one of them'], ...surplus]
    : surplus;
};
