import type { z } from 'zod';

import type { DraftSheet, JsonDraft } from '../json/json-draft.ts';
import { createDraftSheet, draftExact, draftString, finishDraft } from '../json/json-draft.ts';
import { defOf, LEAVES, WRAPPERS } from './check-schema.ts';

/** Writes a validated message as a draft, `_v` last. `exact` writes it in the other way. */
export type DraftWriter = (wire: object, version: number, exact: () => string) => JsonDraft;

/**
 * Makes the writer of a schema: what the schema knows is laid out once, so that a message only fills it in. What it leaves open
 * (unions, `z.lazy`, any JSON) `JSON.stringify` writes, part by part. `undefined` where that would be all of the message.
 *
 * The text is that of `JSON.stringify`, for messages of plain data that zod has copied: it gives keys in the schema's order.
 */
export const createDraftWriter = (schema: z.ZodType): DraftWriter | undefined => {
  const root = unwrap(schema);
  const writeMembers = defOf(root).type === 'object' ? createMembersWriter(root, new Map()) : undefined;
  if (writeMembers === undefined) return undefined;
  return (wire, version, exact) => {
    const sheet = createDraftSheet();
    sheet.text = '{';
    const hasMembers = writeMembers(wire, sheet);
    sheet.text += hasMembers ? `,"_v":${version}}` : `"_v":${version}}`;
    sheet.quotes += 2;
    return finishDraft(sheet, exact);
  };
};

type Write = (value: unknown, sheet: DraftSheet) => void;

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
  return writeOpen;
};

const unwrap = (schema: z.ZodType): z.ZodType => {
  const { type, innerType } = defOf(schema);
  return WRAPPERS.has(type) && innerType ? unwrap(innerType) : schema;
};

/** Whatever it is. In an array, JSON has null for what it cannot say; in an object such a key is not written at all. */
const writeOpen: Write = (value, sheet) => draftExact(JSON.stringify(value) ?? 'null', sheet);

const isUnsaid = (value: unknown): boolean =>
  value === undefined || typeof value === 'symbol' || typeof value === 'function';

const writeScalar: Write = (value, sheet) => {
  if (typeof value === 'string') draftString(value, sheet);
  else if (typeof value === 'boolean' || Number.isFinite(value)) sheet.text += String(value);
  else writeOpen(value, sheet);
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const createObjectWrite = (schema: z.ZodType, known: Known): Write => {
  const writeMembers = createMembersWriter(schema, known);
  if (writeMembers === undefined) return writeOpen;
  return (value, sheet) => {
    if (!isObject(value)) return writeOpen(value, sheet);
    sheet.text += '{';
    writeMembers(value, sheet);
    sheet.text += '}';
  };
};

/** Writes what stands between the braces, and tells whether there was anything. */
type WriteMembers = (value: object, sheet: DraftSheet) => boolean;

interface Member {
  readonly key: string;
  /** The key as it is written, first in its object or behind a comma. */
  readonly first: string;
  readonly next: string;
  readonly write: Write;
}

const createMembersWriter = (schema: z.ZodType, known: Known): WriteMembers | undefined => {
  const members = Object.entries(defOf(schema).shape ?? {}).map(([key, part]): Member => {
    const first = `${JSON.stringify(key)}:`;
    return { key, first, next: `,${first}`, write: createWrite(part, known) };
  });
  // A key that needs an escape would make every draft look wrong.
  if (members.some(({ first }) => first.includes('\\'))) return undefined;
  return (value, sheet) => {
    let isFirst = true;
    for (const member of members) {
      const part = (value as Record<string, unknown>)[member.key];
      if (isUnsaid(part)) continue;
      sheet.text += isFirst ? member.first : member.next;
      sheet.quotes += 2;
      member.write(part, sheet);
      isFirst = false;
    }
    return !isFirst;
  };
};

const createRecordWrite =
  (write: Write): Write =>
  (value, sheet) => {
    if (!isObject(value)) return writeOpen(value, sheet);
    let before = '{';
    for (const key of Object.keys(value)) {
      const part = (value as Record<string, unknown>)[key];
      if (isUnsaid(part)) continue;
      sheet.text += before;
      draftString(key, sheet);
      sheet.text += ':';
      write(part, sheet);
      before = ',';
    }
    sheet.text += before === '{' ? '{}' : '}';
  };

const createArrayWrite = (write: Write): Write => createTupleWrite([], write);

const createTupleWrite =
  (items: readonly Write[], rest: Write): Write =>
  (value, sheet) => {
    if (!Array.isArray(value)) return writeOpen(value, sheet);
    sheet.text += '[';
    for (let at = 0; at < value.length; at += 1) {
      if (at > 0) sheet.text += ',';
      const write = items[at] ?? rest;
      write(value[at], sheet);
    }
    sheet.text += ']';
  };
