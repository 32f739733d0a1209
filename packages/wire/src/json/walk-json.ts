import { PROTOCOL_LIMITS } from '../base/limits.ts';

/** Why a JSON value is refused for its form alone. */
export type JsonFault = 'too_deep' | 'proto_key';

/**
 * Walks what `JSON.parse` made and tells whether it nests deeper than 128 levels or holds a `__proto__` key, which a
 * careless copy would turn into a prototype. Costs about 0.2 µs per KB, so it is run only where a schema has open ends.
 */
export const findJsonFault = (value: unknown, level = 1): JsonFault | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  if (level > PROTOCOL_LIMITS.jsonDepth) return 'too_deep';
  if (Array.isArray(value)) {
    for (const item of value) {
      const fault = findJsonFault(item, level + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__') return 'proto_key';
    const fault = findJsonFault((value as Record<string, unknown>)[key], level + 1);
    if (fault !== undefined) return fault;
  }
  return undefined;
};
