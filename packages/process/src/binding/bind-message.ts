import type { MessageDescription, Shape } from '@plugwire/wire';
import { type Field, MapField, Type } from './protobuf.ts';

import { refuseBinding } from './bad-binding.ts';
import { bindOneof } from './bind-oneof.ts';
import { bindScalar } from './bind-scalar.ts';
import type { Binder, Direction, FieldCodec, MemberCodec, MessageCodec } from './field-codec.ts';

/**
 * Binds a message of a contract to a message of a `.proto`, by the names of the fields.
 *
 * Throws `PlugwireUsageError` `bad_binding`, with the path of the first field that does not fit.
 */
export const bindMessage = (
  description: MessageDescription,
  type: Type,
  direction: Direction,
  place: string,
): MessageCodec => createBinder(description, direction).object(description.shape, type, place);

/** Creates a binder for the parts of a message. */
export const createBinder = (
  { definitions }: Pick<MessageDescription, 'definitions'>,
  direction: Direction,
): Binder => {
  /** The messages that are being bound. They end the recursion of a message that contains itself. */
  const known = new Map<Shape, Map<Type, MessageCodec>>();

  const resolve = (shape: Shape): Shape =>
    shape.kind === 'reference' ? (definitions[shape.to] as Shape) : shape;

  const object: Binder['object'] = (given, type, place) => {
    const shape = resolve(given);
    if (shape.kind !== 'object') {
      return refuseBinding(
        place,
        `the contract has ${shape.kind} where the .proto has the message ${type.name}: expected z.strictObject.`,
      );
    }
    const ofShape = known.get(shape) ?? new Map<Type, MessageCodec>();
    const present = ofShape.get(type);
    if (present !== undefined) return present;
    const members: MemberCodec[] = [];
    const codec = ofMembers(members);
    known.set(shape, ofShape.set(type, codec));
    for (const { key, shape: held } of shape.members)
      members.push(member(key, held, type, `${place}.${key}`));
    return codec;
  };

  const member = (key: string, shape: Shape, type: Type, place: string): MemberCodec => {
    const oneof = type.oneofs?.[key];
    if (oneof !== undefined) return bindOneof(key, oneof, shape, binder, place);
    const given = findField(type, key);
    if (given === undefined) {
      const names = type.fieldsArray.map(({ name }) => name).join(', ') || 'none';
      return refuseBinding(place, `the message ${type.name} has no such field: expected one of ${names}.`);
    }
    const field = given.resolve();
    const isNullable = shape.kind === 'nullable';
    return ofField(key, field, isNullable, value(resolve(isNullable ? shape.inner : shape), field, place));
  };

  /** Binds the value of a field: repeated, a map, a message or a scalar. */
  const value = (shape: Shape, field: Field, place: string): FieldCodec => {
    if (field instanceof MapField) return map(shape, field, place);
    if (!field.repeated) return single(shape, field, place);
    if (shape.kind !== 'list') {
      return refuseBinding(
        place,
        `the contract has ${shape.kind} where the .proto has a repeated field: expected z.array.`,
      );
    }
    return ofList(single(resolve(shape.element), field, `${place}[]`));
  };

  const single: Binder['single'] = (given, field, place) => {
    const shape = resolve(given);
    const type = field.resolvedType;
    if (!(type instanceof Type)) return bindScalar({ field, shape, direction, place });
    const wrapped = wrappedField(type);
    if (wrapped === undefined || shape.kind === 'object') return object(shape, type, place);
    return ofWrapper(bindScalar({ field: wrapped, shape, direction, place }));
  };

  const map = (shape: Shape, field: Field & MapField, place: string): FieldCodec => {
    if (shape.kind !== 'record' || field.keyType !== 'string') {
      return refuseBinding(
        place,
        `the contract has ${shape.kind} where the .proto has a map of ${field.keyType}: expected z.record and a map of strings.`,
      );
    }
    return ofMap(single(shape.value, field, `${place}{}`));
  };

  const binder: Binder = { object, single };
  return binder;
};

const ofMembers = (members: readonly MemberCodec[]): MessageCodec => ({
  write: (value) => {
    const to: Record<string, unknown> = {};
    for (const member of members) member.write(value as Readonly<Record<string, unknown>>, to);
    return to;
  },
  read: (value, count) => {
    count.add(members.length + 1);
    const to: Record<string, unknown> = {};
    for (const member of members) member.read(value as Readonly<Record<string, unknown>>, to, count);
    return to;
  },
});

const ofField = (key: string, field: Field, isNullable: boolean, codec: FieldCodec): MemberCodec => {
  const { name } = field;
  /** Fields of these kinds have a default value if they are absent. */
  const hasDefault =
    field.repeated ||
    field instanceof MapField ||
    // A field with a message type can always be absent, also if protobufjs reports otherwise.
    !(field.hasPresence || field.resolvedType instanceof Type);
  return {
    write: (from, to) => {
      const value = from[key];
      if (value !== undefined && value !== null) to[name] = codec.write(value);
    },
    read: (from, to, count) => {
      if (hasDefault || Object.hasOwn(from, name)) to[key] = codec.read(from[name], count);
      else if (isNullable) to[key] = null;
    },
  };
};

const ofList = (element: FieldCodec): FieldCodec => ({
  write: (value) => (value as readonly unknown[]).map((each) => element.write(each)),
  read: (value, count) => {
    const list = value as readonly unknown[];
    count.add(list.length);
    return list.map((each) => element.read(each, count));
  },
});

const ofMap = (element: FieldCodec): FieldCodec => {
  const each = (value: unknown, translate: (value: unknown) => unknown): object =>
    // An assignment to the key `__proto__` would set the prototype.
    Object.fromEntries(Object.entries(value as object).map(([key, held]) => [key, translate(held)]));
  return {
    write: (value) => each(value, (held) => element.write(held)),
    read: (value, count) => {
      count.add(Object.keys(value as object).length);
      return each(value, (held) => element.read(held, count));
    },
  };
};

const ofWrapper = (inner: FieldCodec): FieldCodec => ({
  write: (value) => ({ value: inner.write(value) }),
  read: (value, count) => inner.read((value as { readonly value: unknown }).value, count),
});

/** Finds a field by its name, or by its JSON name in camel case. */
const findField = (type: Type, key: string): Field | undefined =>
  (Object.hasOwn(type.fields, key) ? type.fields[key] : undefined) ??
  type.fieldsArray.find(({ name }) => toCamelCase(name) === key);

const toCamelCase = (name: string): string =>
  name.replaceAll(/_+([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Returns the field of a wrapper message, such as `google.protobuf.StringValue`, which makes a scalar optional. */
const wrappedField = ({ fullName, fields }: Type): Field | undefined =>
  /^\.google\.protobuf\.\w+Value$/.test(fullName) ? fields['value']?.resolve() : undefined;
