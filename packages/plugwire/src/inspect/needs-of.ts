import type { ImportDescription } from '@plugwire/runtime';

/** Lists what a host has to provide to load the plugin: capabilities, WASI, and the number of its own host functions. */
export const needsOf = (imports: readonly ImportDescription[]): readonly string[] => {
  const capabilities = [...new Set(imports.flatMap(({ capability }) => capability ?? []))].toSorted();
  const foreign = imports.filter(({ provider }) => provider === 'host').length;
  return [
    ...(capabilities.length === 0 ? [] : [`capabilities ${capabilities.join(', ')}`]),
    ...(imports.some(({ provider }) => provider === 'wasi') ? ['WASI'] : []),
    ...(foreign === 0 ? [] : [`imports that the host itself provides: ${foreign}`]),
  ];
};
