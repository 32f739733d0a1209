/** An object that is not a list. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What zod takes for a record: an object that no class has made. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (!isObject(value)) return false;
  const made: unknown = (value as { readonly constructor?: unknown }).constructor;
  if (typeof made !== 'function') return true;
  const prototype: unknown = made.prototype;
  return typeof prototype === 'object' && prototype !== null && Object.hasOwn(prototype, 'isPrototypeOf');
};
