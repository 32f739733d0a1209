import type { z } from 'zod';

import { checksOf, defOf, lazyOf, type SchemaDef } from '../../shape/schema-def.ts';

/** Whether the output of a schema may differ from its input, anywhere in it: then it has to be made anew. */
export const changesValues = (schema: z.ZodType): boolean => isAnywhere(schema, changesItself);

/** Whether a codec is anywhere in a schema: then its output is the host's, and not JSON. */
export const holdsCodec = (schema: z.ZodType): boolean => isAnywhere(schema, isCodec);

const isAnywhere = (schema: z.ZodType, test: (schema: z.ZodType) => boolean): boolean => {
  const seen = new Set<z.ZodType>();
  const visit = (at: z.ZodType): boolean => {
    if (seen.has(at)) return false;
    seen.add(at);
    return test(at) || partsOf(at).some(visit);
  };
  return visit(schema);
};

const isCodec = (schema: z.ZodType): boolean => defOf(schema).transform !== undefined;

const CHANGING: ReadonlySet<string> = new Set(['default', 'prefault', 'readonly', 'transform', 'catch']);

const changesItself = (schema: z.ZodType): boolean => {
  const def = defOf(schema);
  if (CHANGING.has(def.type) || def.coerce === true) return true;
  if (isCodec(schema)) return true;
  // zod finds keys that every object inherits, and gives them.
  if (Object.keys(def.shape ?? {}).some((key) => key in Object.prototype)) return true;
  // A tuple with a rest gives items that are missing, if their schemas take that.
  if (def.type === 'tuple' && def.rest && def.items?.length !== 0) return true;
  // A record that must have all keys of a list gets even those that may be missing.
  if (def.type === 'record' && def.partial !== true && def.keyType?._zod.values !== undefined) return true;
  return checksOf(schema).some(({ _zod }) => changesInCheck(_zod.def));
};

/** `z.url()` takes blanks off; a function of the author's may set `value`. A `.refine()` only answers. */
const changesInCheck = (def: ReturnType<typeof checksOf>[number]['_zod']['def']): boolean =>
  def.format === 'url' || def.check === 'overwrite' || (def.check === 'custom' && def.fn === undefined);

const partsOf = (schema: z.ZodType): readonly z.ZodType[] => {
  const def: SchemaDef = defOf(schema);
  const { shape, catchall, keyType, valueType, innerType, element, items = [], rest, options = [] } = def;
  const lazy = def.type === 'lazy' ? lazyOf(schema) : undefined;
  const single = [
    catchall,
    keyType,
    valueType,
    innerType,
    element,
    rest,
    def.left,
    def.right,
    def.in,
    def.out,
  ];
  const parts = [...Object.values(shape ?? {}), ...items, ...options, ...single, lazy];
  return parts.filter((part) => part !== undefined && part !== null);
};
