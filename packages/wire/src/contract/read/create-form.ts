import type { z } from 'zod';

import { createReader } from './create-reader.ts';
import { MISFIT, Walk } from './walk.ts';

/**
 * Makes the reader of data of the protocol, such as an accept: what `JSON.parse` made is that data, or `undefined` if it is not. It stops
 * at the first misfit.
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
