import type { z } from 'zod';

import { checksOf, defOf, lazyOf, type SchemaDef } from '../../shape/schema-def.ts';

/** Whether the output of a schema, or any part of it, may differ from its input, so that a new value must be built. */
export const changesValues = (schema: z.ZodType): boolean => isAnywhere(schema, changesItself);

/** Whether a schema contains a codec, so that its output is in the host's form and need not be JSON. */
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
  // zod reads these keys even if they are inherited, and returns their values.
  if (Object.keys(def.shape ?? {}).some((key) => key in Object.prototype)) return true;
  // A tuple with a rest adds missing items if their schemas accept undefined.
  if (def.type === 'tuple' && def.rest && def.items?.length !== 0) return true;
  // A record with listed keys returns all of them, even those that may be missing.
  if (def.type === 'record' && def.partial !== true && def.keyType?._zod.values !== undefined) return true;
  return checksOf(schema).some(({ _zod }) => changesInCheck(_zod.def));
};

/** `z.url()` trims the string. The function of a `.check()` may set `value`. A `.refine()` changes nothing. */
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
