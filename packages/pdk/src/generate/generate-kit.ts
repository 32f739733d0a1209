import type { KitFile } from '../kit/kit.ts';
import { LANGUAGES } from '../base/language.ts';
import { LANGUAGE_KITS } from './language-kits.ts';
import { PdkError } from '../base/pdk-error.ts';
import { type KitOptions, planKit } from '../plan/plan-kit.ts';

/**
 * Generates a kit: the files between the author's handlers and the wire. One contract and one language give the same bytes every time.
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
 * Generates the files of a new plugin that its author then owns: handlers that answer with the contract's samples, a build script, a test
 * and a README. {@link generateKit} gives the rest.
 *
 * Throws as {@link generateKit} does.
 */
export const generateProject = (options: KitOptions): readonly KitFile[] =>
  kitOf(options.language).emitProject(planKit(options));

/** The folder that the kit of a language is in, relative to that of the plugin. Nothing else belongs into it. */
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
