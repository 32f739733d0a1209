import type { MessageDescription, ObjectShape, Shape, UnionShape } from '../shape/contract-description.ts';
import type { JsonDraft } from '../json/json-draft.ts';
import { createDraftSheet, draftExact, draftString, finishDraft } from '../json/json-draft.ts';
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

/** Writes a validated message as a draft, with `_v` last. `exact` writes the same message with `JSON.stringify`. */
export type DraftWriter = (wire: object, version: number, exact: () => string) => JsonDraft;

/**
 * Creates the writer of a message from its description. The fixed parts of the text are prepared once, and each message only fills in its
 * values. Parts that the description leaves open (unions without a discriminator, references, any JSON) are written by `JSON.stringify`.
 * Returns `undefined` if that would be the whole message.
 *
 * For messages of plain data that were read and copied, the text equals that of `JSON.stringify`: their keys are in the schema's order.
 */
export const createDraftWriter = ({ shape, definitions }: MessageDescription): DraftWriter | undefined => {
  const root = shape.kind === 'reference' ? definitions[shape.to] : shape;
  const writeMembers = root?.kind === 'object' ? createMembersWriter(root, new Map()) : undefined;
  if (writeMembers === undefined) return undefined;
  return (wire, version, exact) => {
    const sheet = createDraftSheet();
    const text = writeMembers(wire, '', sheet, endWith(`"_v":${version}`));
    sheet.quotes += 2;
    return finishDraft(text, sheet, exact);
  };
};

/** Writers by shape. Parts with the same schema share a writer. */
type Known = Map<Shape, Write>;

const createWrite = (shape: Shape, known: Known): Write => {
  const present = known.get(shape);
  if (present !== undefined) return present;
  const write = createNewWrite(shape, known);
  known.set(shape, write);
  return write;
};

const createNewWrite = (shape: Shape, known: Known): Write => {
  if (
    shape.kind === 'string' ||
    shape.kind === 'integer' ||
    shape.kind === 'number' ||
    shape.kind === 'boolean' ||
    shape.kind === 'null' ||
    shape.kind === 'never' ||
    shape.kind === 'literal'
  ) {
    return writeScalar;
  }
  if (shape.kind === 'nullable') return createWrite(shape.inner, known);
  if (shape.kind === 'object') return createObjectWrite(shape, known);
  if (shape.kind === 'list') return createTupleWrite([], createWrite(shape.element, known));
  if (shape.kind === 'tuple') {
    const items = shape.items.map((item) => createWrite(item, known));
    return createTupleWrite(items, shape.rest === undefined ? writeOpen : createWrite(shape.rest, known));
  }
  if (shape.kind === 'record') return createRecordWrite(createWrite(shape.value, known));
  if (shape.kind === 'union') return createUnionWrite(shape, known);
  return writeOpen;
};

/** Writes any value. Values without a JSON form become null, as in arrays of `JSON.stringify`; objects leave out their keys before. */
const writeOpen: Write = (value, text, sheet) => draftExact(JSON.stringify(value) ?? 'null', text, sheet);

const writeScalar: Write = (value, text, sheet) => {
  if (typeof value === 'string') return draftString(value, text + '"', sheet) + '"';
  if (typeof value === 'boolean' || Number.isFinite(value)) return text + String(value);
  return writeOpen(value, text, sheet);
};

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const createObjectWrite = (shape: ObjectShape, known: Known): Write => {
  const writeMembers = createMembersWriter(shape, known);
  if (writeMembers === undefined) return writeOpen;
  return (value, text, sheet) =>
    isObject(value) ? writeMembers(value, text, sheet, BARE_END) : writeOpen(value, text, sheet);
};

const createMembersWriter = (shape: ObjectShape, known: Known): WriteMembers | undefined => {
  const members = shape.members.map((member): DraftMember => {
    const write = createWrite(member.shape, known);
    return { key: member.key, isScalar: write === writeScalar, write };
  });
  // A key that needs an escape would make the check of quotation marks fail for every draft.
  if (members.some(({ key }) => JSON.stringify(key).includes('\\'))) return undefined;
  return generateMembersWriter(members) ?? loopOverMembers(members);
};

/** For a union of objects with a literal discriminator, writes the value as the option that has its literal. */
const createUnionWrite = ({ discriminator: key, options }: UnionShape, known: Known): Write => {
  if (key === undefined) return writeOpen;
  const writes = new Map<unknown, Write>();
  for (const option of options) {
    const told =
      option.kind === 'object' ? option.members.find((member) => member.key === key)?.shape : undefined;
    if (told?.kind !== 'literal') return writeOpen;
    for (const value of told.values) writes.set(value, createWrite(option, known));
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
