import type { z } from 'zod';

import type { JsonDraft } from '../json/json-draft.ts';
import { createDraftSheet, draftExact, draftString, finishDraft } from '../json/json-draft.ts';
import { LEAVES, WRAPPERS } from './check-schema.ts';
import { defOf } from './schema-def.ts';
import {
  BARE_END,
  type DraftMember,
  endWith,
  generateMembersWriter,
  isUnsaid,
  loopOverMembers,
  type Write,
  type WriteMembers,
} from './members-writer.ts';

/** Writes a validated message as a draft, `_v` last. `exact` writes it in the other way. */
export type DraftWriter = (wire: object, version: number, exact: () => string) => JsonDraft;

/**
 * Makes the writer of a schema: what the schema knows is laid out once, so that a message only fills it in. What it leaves open
 * (other unions than discriminated ones, `z.lazy`, any JSON) `JSON.stringify` writes, part by part. `undefined` where that would
 * be all of the message.
 *
 * The text is that of `JSON.stringify`, for messages of plain data that zod has copied: it gives keys in the schema's order.
 */
export const createDraftWriter = (schema: z.ZodType): DraftWriter | undefined => {
  const root = unwrap(schema);
  const writeMembers = defOf(root).type === 'object' ? createMembersWriter(root, new Map()) : undefined;
  if (writeMembers === undefined) return undefined;
  return (wire, version, exact) => {
    const sheet = createDraftSheet();
    const text = writeMembers(wire, '', sheet, endWith(`"_v":${version}`));
    sheet.quotes += 2;
    return finishDraft(text, sheet, exact);
  };
};

/** Writers by schema; one that is being made stands there as open, since a schema may hold itself. */
type Known = Map<z.ZodType, Write>;

const createWrite = (schema: z.ZodType, known: Known): Write => {
  const present = known.get(schema);
  if (present !== undefined) return present;
  known.set(schema, writeOpen);
  const write = createNewWrite(schema, known);
  known.set(schema, write);
  return write;
};

const createNewWrite = (schema: z.ZodType, known: Known): Write => {
  const def = defOf(schema);
  if (LEAVES.has(def.type) || def.type === 'literal') return writeScalar;
  if (WRAPPERS.has(def.type) && def.innerType) return createWrite(def.innerType, known);
  if (def.type === 'object') return createObjectWrite(schema, known);
  if (def.type === 'array' && def.element) return createArrayWrite(createWrite(def.element, known));
  if (def.type === 'record' && def.valueType) return createRecordWrite(createWrite(def.valueType, known));
  if (def.type === 'tuple') {
    const items = (def.items ?? []).map((item) => createWrite(item, known));
    return createTupleWrite(items, def.rest ? createWrite(def.rest, known) : writeOpen);
  }
  if (def.type === 'union') return createUnionWrite(schema, known);
  return writeOpen;
};

const unwrap = (schema: z.ZodType): z.ZodType => {
  const { type, innerType } = defOf(schema);
  return WRAPPERS.has(type) && innerType ? unwrap(innerType) : schema;
};

/** Whatever it is. In an array, JSON has null for what it cannot say; in an object such a key is not written at all. */
const writeOpen: Write = (value, text, sheet) => draftExact(JSON.stringify(value) ?? 'null', text, sheet);

const writeScalar: Write = (value, text, sheet) => {
  if (typeof value === 'string') return draftString(value, text + '"', sheet) + '"';
  if (typeof value === 'boolean' || Number.isFinite(value)) return text + String(value);
  return writeOpen(value, text, sheet);
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const createObjectWrite = (schema: z.ZodType, known: Known): Write => {
  const writeMembers = createMembersWriter(schema, known);
  if (writeMembers === undefined) return writeOpen;
  return (value, text, sheet) =>
    isObject(value) ? writeMembers(value, text, sheet, BARE_END) : writeOpen(value, text, sheet);
};

const createMembersWriter = (schema: z.ZodType, known: Known): WriteMembers | undefined => {
  const members = Object.entries(defOf(schema).shape ?? {}).map(([key, part]): DraftMember => {
    const write = createWrite(part, known);
    return { key, isScalar: write === writeScalar, write };
  });
  // A key that needs an escape would make every draft look wrong.
  if (members.some(({ key }) => JSON.stringify(key).includes('\\'))) return undefined;
  return generateMembersWriter(members) ?? loopOverMembers(members);
};

/** A union whose options are objects that a literal tells apart is written as the one whose literal the value holds. */
const createUnionWrite = (schema: z.ZodType, known: Known): Write => {
  const { discriminator: key, options = [], unionFallback } = defOf(schema);
  if (key === undefined || unionFallback === true) return writeOpen;
  const writes = new Map<unknown, Write>();
  for (const option of options) {
    const said = defOf(unwrap(option)).shape?.[key];
    const values = said === undefined ? undefined : defOf(unwrap(said)).values;
    if (values === undefined) return writeOpen;
    for (const value of values) writes.set(value, createWrite(option, known));
  }
  return (value, text, sheet) => {
    const write = isObject(value) ? writes.get((value as Record<string, unknown>)[key]) : undefined;
    return (write ?? writeOpen)(value, text, sheet);
  };
};

const createRecordWrite =
  (write: Write): Write =>
  (value, before, sheet) => {
    if (!isObject(value)) return writeOpen(value, before, sheet);
    let text = before;
    let next = '{"';
    for (const key of Object.keys(value)) {
      const part = (value as Record<string, unknown>)[key];
      if (isUnsaid(part)) continue;
      text = write(part, draftString(key, text + next, sheet) + '":', sheet);
      next = ',"';
    }
    return text + (next === '{"' ? '{}' : '}');
  };

const createArrayWrite = (write: Write): Write => createTupleWrite([], write);

const createTupleWrite =
  (items: readonly Write[], rest: Write): Write =>
  (value, before, sheet) => {
    if (!Array.isArray(value)) return writeOpen(value, before, sheet);
    let text = `${before}[`;
    for (let at = 0; at < value.length; at += 1) {
      const write = items[at] ?? rest;
      text = write(value[at], at === 0 ? text : `${text},`, sheet);
    }
    return `${text}]`;
  };
