import type { Words } from './kit-plan.ts';

/**
 * Splits a name into words: `cache_score`, `cacheScore`, `CacheScore` and `cache-score` become `cache` and `score`. A name without letters and
 * digits becomes `fallback`. A name that begins with a digit gets `fallback` as its first word.
 */
export const wordsOf = (name: string, fallback: string): Words => {
  const words = name
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [fallback];
  return /^\d/.test(words[0] ?? '') ? [fallback, ...words] : words;
};

/** Names an element of a list: an element of `headers` is a `header`, and an element of `data` is a `data item`. */
export const singularOf = (words: Words): Words => {
  const last = words.at(-1) ?? '';
  const singular = last
    .replace(/([^aeiou])ies$/, '$1y')
    .replace(/(x|ch|sh|ss)es$/, '$1')
    .replace(/([^sui])s$/, '$1');
  return singular === last ? [...words, 'item'] : [...words.slice(0, -1), singular];
};

/** Creates a function that makes names unique: the second `name` becomes `name 2`. */
export const createNames = (): ((words: Words) => Words) => {
  const given = new Set<string>();
  return (words) => {
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? words : [...words, String(number)];
      // In camel case, `ab c` and `a bc` differ only in their capitals.
      const spelled = name.join('');
      if (!given.has(spelled)) {
        given.add(spelled);
        return name;
      }
    }
  };
};
