import { z } from 'zod';

import { LANGUAGES } from '../base/language.ts';
import { PdkError } from '../base/pdk-error.ts';

/** The name of the manifest: the file in the plugin's folder that says what its kit is generated from. */
export const MANIFEST_FILE = 'plugwire.json';

const form = z.strictObject({
  name: z.string(),
  version: z.string(),
  language: z.enum(LANGUAGES),
  contracts: z.string(),
  functions: z.array(z.string()).min(1).optional(),
  capabilities: z.array(z.string()).optional(),
});

/**
 * The content of plugwire.json. `contracts` is the path of a contracts.json, relative to the manifest. The other keys are those of
 * `KitOptions`; `name` and `version` are the plugin's.
 */
export type PluginManifest = z.output<typeof form>;

/**
 * Parses the text of a plugwire.json.
 *
 * Throws {@link PdkError} `bad_manifest`. The message names the key that is wrong.
 *
 * @example
 * const { name, language } = readManifest(readFileSync('plugwire.json', 'utf8'));
 */
export const readManifest = (text: string): PluginManifest => {
  const read = form.safeParse(parse(text));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const place = issue?.path.map(String).join('.') ?? '';
  return refuse(`${place === '' ? '' : `${place}: `}${issue?.message ?? 'unreadable'}`);
};

/** Returns a manifest as indented JSON that ends with a line break. Never throws. */
export const writeManifest = (manifest: PluginManifest): string =>
  `${JSON.stringify(manifest, undefined, 2)}\n`;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return refuse('not JSON');
  }
};

const refuse = (seen: string): never => {
  throw new PdkError(
    'bad_manifest',
    `${MANIFEST_FILE}: ${seen}. Expected { "name", "version", "language", "contracts", "functions"?, "capabilities"? }, as "plugwire new" writes it.`,
  );
};
