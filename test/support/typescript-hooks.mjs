/**
 * Module hooks that remove the types from `.ts` files. `load` is for `module.register`, `loadSync` for `module.registerHooks`.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { transformSync } from 'rolldown/utils';

const removeTypes = (url) => {
  const path = fileURLToPath(url);
  const { code, errors } = transformSync(path, readFileSync(path, 'utf8'), { lang: 'ts', sourcemap: false });
  if (errors.length > 0) throw errors[0];
  return { format: 'module', source: code, shortCircuit: true };
};

export const load = async (url, context, nextLoad) =>
  url.endsWith('.ts') ? removeTypes(url) : await nextLoad(url, context);

export const loadSync = (url, context, nextLoad) =>
  url.endsWith('.ts') ? removeTypes(url) : nextLoad(url, context);
