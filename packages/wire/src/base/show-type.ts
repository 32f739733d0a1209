/**
 * The type of a value for a message, with its article, and nothing of what it holds: "a string", "a list", "null".
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
    return prototype === Object.prototype || prototype === null ? 'a plain object' : 'an object of a class';
  } catch {
    return 'an object'; // a proxy that answers nothing
  }
};

/**
 * What was given where one of a few words is expected: the word in quotes if it could be a misspelt one, else its type.
 *
 * @example
 * showChoice('pooled'); // '"pooled"'
 */
export const showChoice = (value: unknown): string =>
  typeof value === 'string' && /^[\w-]{1,64}$/.test(value) ? `"${value}"` : showType(value);

/** Words to choose from, for a message: `"shared" or "per_call"`. */
export const listChoices = (choices: readonly string[]): string =>
  choices
    .map((choice) => `"${choice}"`)
    .join(', ')
    .replace(/, (?="[^"]*"$)/, ' or ');
