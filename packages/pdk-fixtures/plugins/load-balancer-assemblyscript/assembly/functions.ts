/** The functions of protocol §7, all of which the plugins have. */
export const FUNCTIONS: StaticArray<string> = [
  'build_signer',
  'filter',
  'normalize_error',
  'observe',
  'on_unauthorized',
  'shape',
  'sign',
];
