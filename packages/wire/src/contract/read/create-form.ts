import type { z } from 'zod';

import { createReader } from './create-reader.ts';
import { MISFIT, Walk } from './walk.ts';

/**
 * Creates a function that validates protocol data, such as an accept. It takes a result of `JSON.parse`, and returns the typed data, or
 * `undefined` if the value does not fit. It stops at the first fault.
 *
 * @example
 * const readPoint = createForm(z.strictObject({ x: z.int(), y: z.int() }));
 * readPoint(JSON.parse(text))?.x;
 */
export const createForm = <Schema extends z.ZodType>(
  schema: Schema,
): ((value: unknown) => z.output<Schema> | undefined) => {
  const read = createReader(schema, { direction: 'decode', origin: 'ours', namesProto: true });
  return (value) => {
    const form = read(value, 1, new Walk());
    return form === MISFIT ? undefined : (form as z.output<Schema>);
  };
};
