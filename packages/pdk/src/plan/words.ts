import type { Words } from './kit-plan.ts';

/**
 * The words of a name: `cache_score`, `cacheScore`, `CacheScore` and `cache-score` are `cache` and `score`. A name without a letter or a
 * digit gives `fallback`; one that begins with a digit gets it in front.
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

/** What one element of a list is called: an element of `headers` is a `header`, and one of `data` a `data item`. */
export const singularOf = (words: Words): Words => {
  const last = words.at(-1) ?? '';
  const singular = last
    .replace(/([^aeiou])ies$/, '$1y')
    .replace(/(x|ch|sh|ss)es$/, '$1')
    .replace(/([^sui])s$/, '$1');
  return singular === last ? [...words, 'item'] : [...words.slice(0, -1), singular];
};

/** Gives names, each once: the second `name` is `name 2`. */
export const createNames = (): ((words: Words) => Words) => {
  const given = new Set<string>();
  return (words) => {
    for (let number = 1; ; number += 1) {
      const name = number === 1 ? words : [...words, String(number)];
      // `ab c` and `a bc` are spelled alike in camel case, but for their capitals.
      const spelled = name.join('');
      if (!given.has(spelled)) {
        given.add(spelled);
        return name;
      }
    }
  };
};
