/** The languages that have a kit. To add one, add a folder to `src` and a line to `generate/language-kits.ts`. */
export const LANGUAGES = ['c', 'assemblyscript', 'go', 'rust'] as const;

/** The name of a language, as in `plugwire generate --language`. */
export type Language = (typeof LANGUAGES)[number];
