/**
 * Module hooks that remove the types from `.ts` files.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { transform } from 'rolldown/utils';

export const load = async (url, context, nextLoad) => {
  if (!url.endsWith('.ts')) return await nextLoad(url, context);
  const path = fileURLToPath(url);
  const { code, errors } = await transform(path, await readFile(path, 'utf8'), {
    lang: 'ts',
    sourcemap: false,
  });
  if (errors.length > 0) throw errors[0];
  return { format: 'module', source: code, shortCircuit: true };
};
