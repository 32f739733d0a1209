import type { KitFile } from '../kit/kit.ts';
import { LANGUAGES } from '../base/language.ts';
import { LANGUAGE_KITS } from './language-kits.ts';
import { PdkError } from '../base/pdk-error.ts';
import { type KitOptions, planKit } from '../plan/plan-kit.ts';

/**
 * Generates a kit: the files between the author's handlers and the wire. The same options always give the same bytes.
 *
 * Throws {@link PdkError}: `unknown_language`, `bad_plugin`, `unknown_function`, `unknown_capability`, `unsupported_shape`.
 *
 * @example
 * for (const { path, text } of generateKit({ contracts, language: 'go', plugin: { name: 'greeter', version: '1.0.0' } }))
 *   writeFileSync(join(folder, path), text);
 */
export const generateKit = (options: KitOptions): readonly KitFile[] =>
  kitOf(options.language).emitKit(planKit(options));

/**
 * Generates the files of a new plugin that belong to its author: handlers that return the contract's samples, a build script, a test script
 * and a README. {@link generateKit} generates the rest.
 *
 * Throws the same errors as {@link generateKit}.
 *
 * @example
 * const options = { contracts, language: 'rust', plugin: { name: 'greeter', version: '1.0.0' } };
 * for (const { path, text } of generateProject(options)) writeFileSync(join(folder, path), text);
 */
export const generateProject = (options: KitOptions): readonly KitFile[] =>
  kitOf(options.language).emitProject(planKit(options));

/**
 * Returns the folder of a language's kit, relative to the folder of the plugin: `kit` for C. It contains only generated files.
 *
 * Throws {@link PdkError} `unknown_language`.
 */
export const kitFolder = (language: KitOptions['language']): string => kitOf(language).folder;

const kitOf = (language: KitOptions['language']) => {
  const kit = LANGUAGE_KITS[language];
  if (kit === undefined)
    throw new PdkError(
      'unknown_language',
      `the language is ${JSON.stringify(language)}: expected one of ${LANGUAGES.join(', ')}.`,
    );
  return kit;
};
