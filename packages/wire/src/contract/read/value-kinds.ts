/** Whether a value is an object and not an array. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether zod accepts a value as a record: an object that is not a class instance. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => {
  if (!isObject(value)) return false;
  const made: unknown = (value as { readonly constructor?: unknown }).constructor;
  if (typeof made !== 'function') return true;
  const prototype: unknown = made.prototype;
  return typeof prototype === 'object' && prototype !== null && Object.hasOwn(prototype, 'isPrototypeOf');
};
