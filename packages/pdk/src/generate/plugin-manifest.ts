import { z } from 'zod';

import { LANGUAGES } from '../base/language.ts';
import { PdkError } from '../base/pdk-error.ts';

/** The name of the file that says what a plugin is generated from. It is in the folder of the plugin. */
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
 * What a plugin is generated from. `contracts` is the path of a contracts.json, relative to the manifest. `functions` and `capabilities` are
 * those of the kit's options.
 */
export type PluginManifest = z.output<typeof form>;

/**
 * Reads a plugwire.json.
 *
 * Throws {@link PdkError} `bad_manifest`, naming the key.
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

/** Writes a manifest as JSON, with a line break at the end. */
export const writeManifest = (manifest: PluginManifest): string =>
  `${JSON.stringify(manifest, undefined, 2)}\n`;

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return refuse('it is not JSON');
  }
};

const refuse = (seen: string): never => {
  throw new PdkError(
    'bad_manifest',
    `${MANIFEST_FILE}: ${seen}. Expected { "name", "version", "language", "contracts", "functions"?, "capabilities"? }, as "plugwire new" writes it.`,
  );
};
