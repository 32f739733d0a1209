import type { Shape } from '@plugwire/wire';
import { type OneOf, Type } from './protobuf.ts';

import { refuseBinding } from './bad-binding.ts';
import type { Binder, FieldCodec, MemberCodec } from './field-codec.ts';

/** One way in which a oneof can be set. */
interface Branch {
  readonly field: string;
  readonly codec: FieldCodec;
}

/**
 * Binds a discriminated union to a oneof of the same name. The discriminator of each option is the name of a field. A field that is a message has
 * the option's other keys; any other field is the option's key `value`.
 */
export const bindOneof = (
  key: string,
  oneof: OneOf,
  given: Shape,
  binder: Binder,
  place: string,
): MemberCodec => {
  const isNullable = given.kind === 'nullable';
  const shape = isNullable ? given.inner : given;
  if (shape.kind !== 'union' || shape.discriminator === undefined) {
    return refuseBinding(
      place,
      `the contract has ${shape.kind} where the .proto has a oneof: expected z.discriminatedUnion whose options are named like the fields ${oneof.oneof.join(', ')}.`,
    );
  }
  const { discriminator, options } = shape;
  const branches = new Map<string, Branch>();
  for (const option of options) {
    for (const [name, branch] of bindOption(option, discriminator, oneof, binder, place))
      branches.set(name, branch);
  }
  return {
    write: (from, to) => {
      const value = from[key] as Readonly<Record<string, unknown>> | null | undefined;
      if (value === undefined || value === null) return;
      const branch = branches.get(String(value[discriminator])) as Branch;
      to[branch.field] = branch.codec.write(value);
    },
    read: (from, to, count) => {
      for (const [name, { field, codec }] of branches) {
        if (!Object.hasOwn(from, field)) continue;
        count.add(1);
        to[key] = { [discriminator]: name, ...(codec.read(from[field], count) as object) };
        return;
      }
      if (isNullable) to[key] = null;
    },
  };
};

const bindOption = (
  option: Shape,
  discriminator: string,
  oneof: OneOf,
  binder: Binder,
  place: string,
): readonly (readonly [string, Branch])[] => {
  if (option.kind !== 'object') return refuseBinding(place, 'each option of the union has to be an object.');
  const tag = option.members.find(({ key }) => key === discriminator)?.shape;
  const names = tag?.kind === 'literal' ? tag.values.map(String) : [];
  const members = option.members.filter(({ key }) => key !== discriminator);
  return names.map((name) => {
    const field = oneof.fieldsArray.find((each) => each.name === name)?.resolve();
    const where = `${place}.${name}`;
    if (field === undefined) {
      return refuseBinding(
        where,
        `the oneof ${oneof.name} has no such field: expected one of ${oneof.oneof.join(', ')}.`,
      );
    }
    if (field.resolvedType instanceof Type) {
      const codec = binder.object({ ...option, members }, field.resolvedType, where);
      return [name, { field: name, codec }] as const;
    }
    const value = members.find(({ key }) => key === 'value');
    if (value === undefined || members.length > 1) {
      return refuseBinding(
        where,
        `the field is a ${field.type}: expected an option with the key "value" and no other.`,
      );
    }
    const single = binder.single(value.shape, field, where);
    const codec: FieldCodec = {
      write: (from) => single.write((from as { readonly value: unknown }).value),
      read: (from, count) => ({ value: single.read(from, count) }),
    };
    return [name, { field: name, codec }] as const;
  });
};
