import type {
  DescribedJson,
  MemberDescription,
  MessageDescription,
  Shape,
} from '../shape/contract-description.ts';
import { firstOf } from './first-of.ts';

/** A place where values of one shape may not fit another, such as `.candidates[].name`, and why: `may have more than 5 characters`. */
export interface Misfit {
  readonly place: string;
  readonly reason: string;
}

/**
 * Finds a place where a message of `narrow` may not fit `wide`. Returns `undefined` if every message of `narrow` fits. Patterns and formats
 * fit only the same pattern or format. Refinements are assumed to be the same if both shapes are refined.
 */
export const findMisfit = (narrow: MessageDescription, wide: MessageDescription): Misfit | undefined =>
  compare(narrow.shape, wide.shape, { narrow, wide, place: '', assumed: new Set() });

interface Site {
  readonly narrow: MessageDescription;
  readonly wide: MessageDescription;
  readonly place: string;
  /** Pairs of definitions that are being compared. A recursive reference to such a pair counts as fitting. */
  readonly assumed: Set<string>;
}

const at = (site: Site, step: string): Site => ({
  narrow: site.narrow,
  wide: site.wide,
  assumed: site.assumed,
  place: `${site.place}${step}`,
});

const compare = (narrow: Shape, wide: Shape, site: Site): Misfit | undefined => {
  const misfit = (reason: string): Misfit => ({ place: site.place, reason });
  if (narrow.kind === 'reference' || wide.kind === 'reference') return compareReferences(narrow, wide, site);
  if (wide.kind === 'json')
    return wide.refined === true && narrow.refined !== true ? misfit('is checked') : undefined;
  if (narrow.kind === 'never') return undefined;
  if (narrow.kind === 'union') return firstOf(narrow.options, (option) => compare(option, wide, site));
  if (narrow.kind === 'intersection' && wide.kind === 'intersection')
    return firstOf(narrow.parts, (part, index) => compare(part, wide.parts[index] ?? part, site));
  if (narrow.kind === 'intersection')
    return narrow.parts.some((part) => compare(part, wide, site) === undefined)
      ? undefined
      : compare(narrow.parts[0], wide, site);
  if (wide.kind === 'intersection') return firstOf(wide.parts, (part) => compare(narrow, part, site));
  if (narrow.kind === 'nullable')
    return compare({ kind: 'null' }, wide, site) ?? compare(narrow.inner, wide, site);
  if (wide.kind === 'nullable') return narrow.kind === 'null' ? undefined : compare(narrow, wide.inner, site);
  if (wide.kind === 'union') {
    const misfits = wide.options.map((option) => compare(narrow, option, site));
    if (misfits.includes(undefined)) return undefined;
    // The misfit with the longest place is the most helpful.
    return misfits.reduce((best, next) =>
      (next?.place.length ?? 0) > (best?.place.length ?? 0) ? next : best,
    );
  }
  if (wide.refined === true && narrow.refined !== true) return misfit('is checked further');
  if (narrow.kind === 'literal') return compareLiteral(narrow.values, wide, site);
  if (wide.kind === 'literal') return misfit(`may be other than ${wide.values.map(String).join(', ')}`);
  if (narrow.kind === 'object' && wide.kind === 'object')
    return compareMembers(narrow.members, wide.members, site);
  if (wide.kind === 'json_object')
    return narrow.kind === 'object' || narrow.kind === 'record' || narrow.kind === 'json_object'
      ? undefined
      : misfit(`may be ${named(narrow)}, not ${named(wide)}`);
  if (narrow.kind === 'object' && wide.kind === 'record' && wide.key.kind === 'string')
    return firstOf(narrow.members, (member) => compare(member.shape, wide.value, at(site, `.${member.key}`)));
  if (narrow.kind === 'integer' && wide.kind === 'number')
    return compareBounds({ minimum: Number(narrow.minimum), maximum: Number(narrow.maximum) }, wide, site);
  if (narrow.kind !== wide.kind) return misfit(`may be ${named(narrow)}, not ${named(wide)}`);
  if (narrow.kind === 'list' && wide.kind === 'list')
    return (
      compareLengths(narrow, wide, site, 'elements') ?? compare(narrow.element, wide.element, at(site, '[]'))
    );
  if (narrow.kind === 'tuple' && wide.kind === 'tuple') return compareTuples(narrow, wide, site);
  if (narrow.kind === 'record' && wide.kind === 'record') {
    const keys = compare(narrow.key, wide.key, at(site, '.*'));
    if (keys !== undefined) return keys;
    if (wide.isComplete && !narrow.isComplete) return misfit('may miss keys');
    return compare(narrow.value, wide.value, at(site, '.*'));
  }
  if (narrow.kind === 'string' && wide.kind === 'string') {
    if (wide.pattern !== undefined && wide.pattern !== narrow.pattern)
      return misfit('may not match the pattern');
    if (wide.format !== undefined && wide.format !== narrow.format)
      return misfit(`may not be a ${wide.format}`);
    return compareLengths(narrow, wide, site, 'characters');
  }
  if (narrow.kind === 'integer' && wide.kind === 'integer') return compareBounds(narrow, wide, site);
  if (narrow.kind === 'number' && wide.kind === 'number') return compareBounds(narrow, wide, site);
  return undefined;
};

const compareReferences = (narrow: Shape, wide: Shape, site: Site): Misfit | undefined => {
  const names = [narrow.kind === 'reference' ? narrow.to : '', wide.kind === 'reference' ? wide.to : ''];
  const pair = `${names.join(' ')} ${narrow.kind} ${wide.kind}`;
  if (site.assumed.has(pair)) return undefined;
  site.assumed.add(pair);
  const never: Shape = { kind: 'never' };
  return compare(
    narrow.kind === 'reference' ? (site.narrow.definitions[narrow.to] ?? never) : narrow,
    wide.kind === 'reference' ? (site.wide.definitions[wide.to] ?? never) : wide,
    site,
  );
};

const compareMembers = (
  narrow: readonly MemberDescription[],
  wide: readonly MemberDescription[],
  site: Site,
): Misfit | undefined => {
  const known = new Map(wide.map((member) => [member.key, member]));
  const given = new Set(narrow.map(({ key }) => key));
  return (
    firstOf(narrow, ({ key, presence, shape }) => {
      const other = known.get(key);
      const place = at(site, `.${key}`);
      if (other === undefined) return { place: place.place, reason: 'is an unknown key' };
      if (presence === 'optional' && other.presence === 'required')
        return { place: place.place, reason: 'may be missing' };
      return compare(shape, other.shape, place);
    }) ??
    firstOf(wide, ({ key, presence }) =>
      presence === 'required' && !given.has(key)
        ? { place: `${site.place}.${key}`, reason: 'is missing' }
        : undefined,
    )
  );
};

const compareTuples = (
  narrow: Shape & { readonly kind: 'tuple' },
  wide: Shape & { readonly kind: 'tuple' },
  site: Site,
): Misfit | undefined => {
  if (narrow.items.length < wide.items.length)
    return { place: site.place, reason: `may have fewer than ${wide.items.length} elements` };
  const isOpen = wide.rest !== undefined;
  if (!isOpen && (narrow.rest !== undefined || narrow.items.length > wide.items.length))
    return { place: site.place, reason: `may have more than ${wide.items.length} elements` };
  const never: Shape = { kind: 'never' };
  return (
    firstOf(narrow.items, (item, index) =>
      compare(item, wide.items[index] ?? wide.rest ?? never, at(site, `[${index}]`)),
    ) ?? (narrow.rest === undefined ? undefined : compare(narrow.rest, wide.rest ?? never, at(site, '[]')))
  );
};

const compareLiteral = (values: readonly DescribedJson[], wide: Shape, site: Site): Misfit | undefined => {
  const unfit = values.find((value) => !accepts(wide, value));
  return unfit === undefined ? undefined : { place: site.place, reason: `may be ${JSON.stringify(unfit)}` };
};

const accepts = (wide: Shape, value: DescribedJson): boolean => {
  if (wide.kind === 'literal') return wide.values.some((each) => each === value);
  if (wide.kind === 'string') {
    const { minLength = 0, maxLength = Infinity, pattern, format } = wide;
    // Patterns and formats are not evaluated here.
    return (
      typeof value === 'string' &&
      value.length >= minLength &&
      value.length <= maxLength &&
      pattern === undefined &&
      format === undefined
    );
  }
  if (wide.kind === 'integer')
    return Number.isInteger(value) && (value as number) >= wide.minimum && (value as number) <= wide.maximum;
  if (wide.kind === 'number')
    return typeof value === 'number' && findBound({ minimum: value, maximum: value }, wide) === undefined;
  return value === null ? wide.kind === 'null' : wide.kind === typeof value;
};

interface Bounds {
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

const compareBounds = (narrow: Bounds, wide: Bounds, site: Site): Misfit | undefined => {
  const reason = findBound(narrow, wide);
  return reason === undefined ? undefined : { place: site.place, reason };
};

const findBound = (narrow: Bounds, wide: Bounds): string | undefined => {
  const lowest = narrow.minimum ?? narrow.exclusiveMinimum ?? -Infinity;
  const highest = narrow.maximum ?? narrow.exclusiveMaximum ?? Infinity;
  if (wide.minimum !== undefined && lowest < wide.minimum) return `may be less than ${wide.minimum}`;
  if (wide.maximum !== undefined && highest > wide.maximum) return `may be more than ${wide.maximum}`;
  const { exclusiveMinimum: above, exclusiveMaximum: below } = wide;
  if (above !== undefined && (lowest < above || narrow.minimum === above)) return `may be ${above} or less`;
  if (below !== undefined && (highest > below || narrow.maximum === below)) return `may be ${below} or more`;
  return undefined;
};

interface Lengths {
  readonly minLength?: number;
  readonly maxLength?: number;
}

const compareLengths = (narrow: Lengths, wide: Lengths, site: Site, of: string): Misfit | undefined => {
  const { minLength = 0, maxLength = Infinity } = wide;
  if ((narrow.minLength ?? 0) < minLength)
    return { place: site.place, reason: `may have fewer than ${minLength} ${of}` };
  if ((narrow.maxLength ?? Infinity) > maxLength)
    return { place: site.place, reason: `may have more than ${maxLength} ${of}` };
  return undefined;
};

const named = (shape: Shape): string => shape.kind.replace('_', ' ').replace(/^json$/, 'any JSON');
