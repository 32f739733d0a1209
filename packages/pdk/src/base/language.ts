/** The languages that there is a kit for. A new one is a folder beside these and a line in `generate/language-kits.ts`. */
export const LANGUAGES = ['c', 'assemblyscript', 'go', 'rust'] as const;

/** The name of a language, as `plugwire generate --language` takes it. */
export type Language = (typeof LANGUAGES)[number];
