import type { ImportDescription } from '@plugwire/runtime';

/** What a host has to give so that the plugin loads and its imports work. */
export const needsOf = (imports: readonly ImportDescription[]): readonly string[] => {
  const capabilities = [...new Set(imports.flatMap(({ capability }) => capability ?? []))].toSorted();
  const foreign = imports.filter(({ provider }) => provider === 'host').length;
  return [
    ...(capabilities.length === 0 ? [] : [`capabilities ${capabilities.join(', ')}`]),
    ...(imports.some(({ provider }) => provider === 'wasi') ? ['WASI'] : []),
    ...(foreign === 0 ? [] : [`imports that the host itself provides: ${foreign}`]),
  ];
};
