import type {
  IntegerPlan,
  NamedType,
  NumberPlan,
  ObjectType,
  Scalar,
  TupleType,
  TypePlan,
  UnionType,
} from '../plan/kit-plan.ts';
import { cType, isBoxed, membersOf, nameOf, scalarKind } from './c-types.ts';
import { byteLength, cString, typeName } from './spelling.ts';

/** The tables that tell the codecs how to read and write the types. */
export interface Tables {
  /** Returns the name of a type's table. Adds the table, and those that it needs, to the lines. */
  tableOf(type: TypePlan): string;
  /** Returns the source of all tables: declarations first, then definitions. */
  lines(): readonly string[];
}

/** Creates an empty set of tables. */
export const createTables = (): Tables => {
  const declared: string[] = [];
  const defined: string[] = [];
  const names = new Map<string, string>();
  const named = new Map<NamedType, string>();
  const counts = new Map<string, number>();

  /** Defines a table, or returns the name of an equal one. */
  const define = (base: string, write: (name: string) => readonly string[]): string => {
    const key = write('').join('\n');
    const found = names.get(key);
    if (found !== undefined) return found;
    const count = (counts.get(base) ?? 0) + 1;
    counts.set(base, count);
    const name = count === 1 ? base : `${base}_${count}`;
    names.set(key, name);
    defined.push(...write(name));
    return name;
  };

  const simple = (base: string, codec: string, size: string, parts: string, count = 0): string =>
    define(`${base}_type`, (name) => [
      `static const pw_type ${name} = {&${codec}, ${parts}, sizeof(${size}), ${count}};`,
    ]);

  const array = (base: string, type: string, rows: readonly string[]): string =>
    rows.length === 0
      ? 'NULL'
      : define(base, (name) => [
          `static const ${type} ${name}[] = {`,
          ...rows.map((row) => `  {${row}},`),
          '};',
        ]);

  const scalars = (base: string, values: readonly Scalar[]): string =>
    array(base, 'pw_scalar', values.map(scalarRow));

  const integerTable = ({ width, minimum, maximum }: IntegerPlan): string => {
    const range = define(`pw_${width}_range`, (name) => [
      `static const pw_integer_range ${name} = {${integer(minimum)}, ${integer(maximum)}, ${width.startsWith('i')}};`,
    ]);
    return simple(
      `pw_${width}`,
      'pw_integer',
      cType({ kind: 'integer', width, minimum, maximum }),
      `&${range}`,
    );
  };

  const numberTable = (type: NumberPlan): string => {
    const range = define('pw_double_bounds', (name) => [
      `static const pw_double_range ${name} = {${numberRange(type)}};`,
    ]);
    return simple('pw_number', 'pw_double', 'double', `&${range}`);
  };

  const mapTable = (type: Extract<TypePlan, { kind: 'map' }>): string => {
    const entry = `${nameOf(type.value)}_entry`;
    const value = tableOf(type.value);
    const keys = scalars(`${nameOf(type)}_keys`, type.keys ?? []);
    const map = define(`${nameOf(type)}_parts`, (name) => [
      `static const pw_map_parts ${name} = {&${value}, ${keys}, offsetof(${entry}, value), sizeof(${entry}), ${type.isComplete}};`,
    ]);
    return simple(nameOf(type), 'pw_map', nameOf(type), `&${map}`, type.keys?.length ?? 0);
  };

  const tableOf = (type: TypePlan): string => {
    if (type.kind === 'integer') return integerTable(type);
    if (type.kind === 'number') return numberTable(type);
    if (type.kind === 'constant')
      return simple('pw_constant', 'pw_constant', 'char', scalars('pw_constant_value', [type.value]), 1);
    if (type.kind === 'list')
      return simple(nameOf(type), 'pw_list', nameOf(type), `&${tableOf(type.element)}`);
    if (type.kind === 'map') return mapTable(type);
    if (type.kind === 'nullable')
      return simple(nameOf(type), 'pw_nullable', 'void *', `&${tableOf(type.inner)}`);
    if (type.kind === 'named') return namedTable(type.type);
    return simple(
      type.kind === 'json_object' ? 'pw_object' : nameOf(type),
      PLAIN[type.kind],
      cType(type),
      'NULL',
    );
  };

  /** The table of a struct member. Recursive types are behind a pointer. */
  const placeTable = (type: TypePlan): string =>
    isBoxed(type)
      ? simple(`${nameOf(type)}_boxed`, 'pw_boxed', 'void *', `&${tableOf(type)}`)
      : tableOf(type);

  const namedTable = (type: NamedType): string => {
    const found = named.get(type);
    if (found !== undefined) return found;
    const name = `${typeName(type.words)}_type`;
    named.set(type, name);
    if (type.isRecursive) declared.push(`static const pw_type ${name};`);
    const own = typeName(type.words);
    const { codec, count, parts } = partsOf(type, own);
    defined.push(`static const pw_type ${name} = {&${codec}, ${parts}, sizeof(${own}), ${count}};`);
    return name;
  };

  const partsOf = (type: NamedType, own: string): { codec: string; count: number; parts: string } => {
    if (type.kind === 'object')
      return { codec: 'pw_object', count: type.fields.length, parts: fields(type, own) };
    if (type.kind === 'tuple')
      return { codec: 'pw_tuple', count: type.items.length, parts: items(type, own) };
    if (type.kind === 'union')
      return { codec: 'pw_union', count: type.options.length, parts: options(type, own) };
    const values = type.values.map(({ value }) => value);
    return { codec: 'pw_enum', count: values.length, parts: scalars(`${own}_values`, values) };
  };

  const fields = (type: ObjectType, own: string): string => {
    const members = new Map(membersOf(type.fields).map((member) => [member.field, member]));
    const rows = type.fields.map((field) => {
      const member = members.get(field);
      const table = field.isOptional ? tableOf(field.type) : placeTable(field.type);
      return initializer({
        key: cString(field.key),
        key_length: byteLength(field.key),
        type: `&${table}`,
        offset: member && `offsetof(${own}, ${member.name})`,
        presence: presence(field.isOptional, field.defaultJson, member?.flag),
        flag_offset: member?.flag && `offsetof(${own}, ${member.flag})`,
        default_json: field.defaultJson === undefined ? undefined : cString(field.defaultJson),
        is_escaped: JSON.stringify(field.key) === `"${field.key}"` ? undefined : true,
      });
    });
    return array(`${own}_fields`, 'pw_field', rows);
  };

  const items = (type: TupleType, own: string): string => {
    const rows = type.items.map(
      (item, at) =>
        `&${placeTable(item)}, ${item.kind === 'constant' ? 0 : `offsetof(${own}, item${at + 1})`}`,
    );
    const rest = type.rest === undefined ? 'NULL, 0' : `&${tableOf(type.rest)}, offsetof(${own}, rest)`;
    const array_ = array(`${own}_items`, 'pw_item', rows);
    return `&${define(`${own}_parts`, (name) => [`static const pw_tuple_parts ${name} = {${array_}, ${rest}};`])}`;
  };

  const options = (type: UnionType, own: string): string => {
    const rows = type.options.map(({ tags, type: part }) => `&${placeTable(part)}, ${tags.length}`);
    const tags = type.options.flatMap((option) => option.tags);
    const { discriminator } = type;
    const parts = initializer({
      discriminator: discriminator === undefined ? undefined : cString(discriminator),
      discriminator_length: discriminator === undefined ? undefined : byteLength(discriminator),
      tags: discriminator === undefined ? undefined : scalars(`${own}_tags`, tags),
      tag_count: discriminator === undefined ? undefined : tags.length,
      options: array(`${own}_options`, 'pw_option', rows),
      content_offset: `offsetof(${own}, as)`,
    });
    return `&${define(`${own}_parts`, (name) => [`static const pw_union_parts ${name} = {${parts}};`])}`;
  };

  return { tableOf, lines: () => [...declared, ...defined] };
};

const PLAIN = {
  string: 'pw_string',
  boolean: 'pw_boolean',
  null: 'pw_null',
  json: 'pw_any_json',
  json_object: 'pw_any_object',
} as const;

const presence = (
  isOptional: boolean,
  defaultJson: string | undefined,
  flag: string | undefined,
): string | undefined => {
  if (defaultJson !== undefined) return 'PW_DEFAULTED';
  if (!isOptional) return undefined;
  return flag === undefined ? 'PW_OPTIONAL' : 'PW_OPTIONAL_FLAG';
};

const scalarRow = (value: Scalar): string => {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const isEqual = typeof value === 'number' ? 'pw_equal_numbers' : 'NULL';
  return `${cString(text)}, ${isEqual}, ${byteLength(text)}, ${scalarKind(value)}`;
};

/** Designated initializers, without members that are zero. */
const initializer = (members: Readonly<Record<string, string | number | boolean | undefined>>): string =>
  Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `.${name} = ${value}`)
    .join(', ');

/** Returns an integer as a literal. C has no literal for the smallest 64-bit integer. */
export const integer = (value: bigint): string => {
  if (value === -(2n ** 63n)) return 'INT64_MIN';
  return value > 2n ** 31n - 1n || value < -(2n ** 31n) + 1n
    ? `${value}${value < 0n ? 'll' : 'ull'}`
    : `${value}`;
};

const numberRange = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: NumberPlan): string => {
  const isLowExcluded = exclusiveMinimum !== undefined && exclusiveMinimum >= (minimum ?? -Infinity);
  const isHighExcluded = exclusiveMaximum !== undefined && exclusiveMaximum <= (maximum ?? Infinity);
  return [
    double((isLowExcluded ? exclusiveMinimum : minimum) ?? -Infinity),
    double((isHighExcluded ? exclusiveMaximum : maximum) ?? Infinity),
    isLowExcluded,
    isHighExcluded,
  ].join(', ');
};

/** Returns a double as a literal. */
export const double = (value: number): string => {
  if (!Number.isFinite(value)) return value < 0 ? '-__builtin_inf()' : '__builtin_inf()';
  return Object.is(value, -0) ? '-0.0' : /[.e]/.test(String(value)) ? String(value) : `${value}.0`;
};
