import type { MemberDescription, MessageDescription, Shape } from '../shape/contract-description.ts';
import { firstOf } from './first-of.ts';

/**
 * Compares the shapes of two messages that fit a description. Returns the place of the first difference, such as `/results/[]/reason`, or
 * `undefined` if there is none. Values are ignored. Only these count: which keys are present, what is null, which option of a union a value
 * has, and whether a list or a record is empty. Places contain keys of the contract and never keys of the messages.
 *
 * @example
 * compareShapes(description, { reason: null }, { reason: 'too long' }); // '/reason'
 */
export const compareShapes = (
  { shape, definitions }: MessageDescription,
  left: unknown,
  right: unknown,
): string | undefined => {
  const compare = (part: Shape, a: unknown, b: unknown, place: string): string | undefined => {
    if (part.kind === 'reference') return compare(definitions[part.to] as Shape, a, b, place);
    if (part.kind === 'object') return compareMembers(part.members, a, b, place);
    if (part.kind === 'list') return compareAll(part.element, listOf(a), listOf(b), `${place}/[]`);
    if (part.kind === 'record') return compareAll(part.value, valuesOf(a), valuesOf(b), `${place}/*`);
    if (part.kind === 'nullable') {
      if (a === null || b === null) return a === b ? undefined : place;
      return compare(part.inner, a, b, place);
    }
    if (part.kind === 'tuple') {
      const [here, there] = [listOf(a), listOf(b)];
      if ((here.length === 0) !== (there.length === 0)) return place;
      return firstOf(part.items, (item, at) => compare(item, here[at], there[at], `${place}/[${at}]`));
    }
    if (part.kind === 'union') return compareOptions(part.options, part.discriminator, a, b, place);
    if (part.kind === 'intersection') return firstOf(part.parts, (each) => compare(each, a, b, place));
    if (OPEN_KINDS.has(part.kind)) return jsonForm(a) === jsonForm(b) ? undefined : place;
    return undefined; // a scalar has one shape
  };

  const compareMembers = (
    members: readonly MemberDescription[],
    a: unknown,
    b: unknown,
    place: string,
  ): string | undefined =>
    firstOf(members, ({ key, shape: member }) => {
      const [here, there] = [valueAt(a, key), valueAt(b, key)];
      const at = `${place}/${key}`;
      if (here === undefined || there === undefined) return here === there ? undefined : at;
      return compare(member, here, there, at);
    });

  const compareOptions = (
    options: readonly Shape[],
    key: string | undefined,
    a: unknown,
    b: unknown,
    place: string,
  ): string | undefined => {
    // The discriminator selects the option. Without one, the forms of the JSON are compared.
    if (key === undefined) return jsonForm(a) === jsonForm(b) ? undefined : place;
    const [here, there] = [valueAt(a, key), valueAt(b, key)];
    const option = options.find((each) => takesLiteral(each, key, here));
    if (option === undefined || !takesLiteral(option, key, there)) return `${place}/${key}`;
    return compare(option, a, b, place);
  };

  const takesLiteral = (option: Shape, key: string, value: unknown): boolean => {
    if (option.kind === 'reference') return takesLiteral(definitions[option.to] as Shape, key, value);
    if (option.kind === 'union') return option.options.some((each) => takesLiteral(each, key, value));
    if (option.kind !== 'object') return false;
    const literal = option.members.find((member) => member.key === key)?.shape;
    return literal?.kind === 'literal' && literal.values.some((each) => each === value);
  };

  /** Compares lists of equal length element by element. Otherwise each shape of the second list must also occur in the first. */
  const compareAll = (
    part: Shape,
    here: readonly unknown[],
    there: readonly unknown[],
    place: string,
  ): string | undefined => {
    if ((here.length === 0) !== (there.length === 0)) return place;
    if (here.length === there.length)
      return firstOf(here, (each, at) => compare(part, each, there[at], place));
    const isAmong = (each: unknown, others: readonly unknown[]): boolean =>
      others.some((other) => compare(part, each, other, place) === undefined);
    return there.slice(0, MOST_ELEMENTS).every((each) => isAmong(each, here)) ? undefined : place;
  };

  return compare(shape, left, right, '');
};

const OPEN_KINDS: ReadonlySet<Shape['kind']> = new Set(['json', 'json_object']);

/** How many elements are compared if the lengths differ. Each is compared to all elements of the other list. */
const MOST_ELEMENTS = 100;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

const valuesOf = (value: unknown): readonly unknown[] =>
  typeof value === 'object' && value !== null ? Object.values(value) : [];

const valueAt = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;

/** The form of any JSON: its types, its keys in alphabetical order, and the distinct forms of its elements. */
const jsonForm = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `[${[...new Set(value.map(jsonForm))].toSorted().join('|')}]`;
  if (typeof value !== 'object') return typeof value === 'bigint' ? 'number' : typeof value;
  const members = Object.entries(value).map(([key, each]) => `${JSON.stringify(key)}:${jsonForm(each)}`);
  return `{${members.toSorted().join(',')}}`;
};
