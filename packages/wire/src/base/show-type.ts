/**
 * Returns the type of a value for use in a message, with its article and without its content: `a string`, `a list`, `null`. Never throws.
 *
 * @example
 * showType({ name: 'Ada' }); // 'a plain object'
 */
export const showType = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (typeof value !== 'object') return `a ${typeof value}`;
  try {
    if (Array.isArray(value)) return 'a list';
    if (value instanceof Promise) return 'a promise';
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === Object.prototype || prototype === null ? 'a plain object' : 'a class instance';
  } catch {
    return 'an object'; // a revoked proxy, or one that throws
  }
};

/**
 * Shows a value where one of a few words was expected. Returns the text in quotes if it could be a misspelt word (up to 64 letters,
 * digits, `_` and `-`); otherwise its type.
 *
 * @example
 * showChoice('pooled'); // '"pooled"'
 * showChoice(5); // 'a number'
 */
export const showChoice = (value: unknown): string =>
  typeof value === 'string' && /^[\w-]{1,64}$/.test(value) ? `"${value}"` : showType(value);

/** Lists the allowed words for use in a message: `"shared" or "per_call"`. */
export const listChoices = (choices: readonly string[]): string =>
  choices
    .map((choice) => `"${choice}"`)
    .join(', ')
    .replace(/, (?="[^"]*"$)/, ' or ');
