import type { Draft, NamedType, TypePlan } from './kit-plan.ts';

/** Sets `isRecursive` of the types that contain themselves. */
export const markRecursive = (types: readonly NamedType[]): void => {
  for (const type of types)
    (type as Draft<NamedType>).isRecursive = partsOfType(type).some((part) => reaches(part, type, new Set()));
};

const reaches = (from: NamedType, to: NamedType, seen: Set<NamedType>): boolean => {
  if (from === to) return true;
  if (seen.has(from)) return false;
  seen.add(from);
  return partsOfType(from).some((part) => reaches(part, to, seen));
};

/** The named types that a type contains directly, or in lists, maps and nullables. */
const partsOfType = (type: NamedType): readonly NamedType[] => {
  if (type.kind === 'object') return type.fields.flatMap((field) => namedIn(field.type));
  if (type.kind === 'tuple')
    return [...type.items, ...(type.rest === undefined ? [] : [type.rest])].flatMap(namedIn);
  if (type.kind === 'union') return type.options.flatMap((option) => namedIn(option.type));
  return [];
};

const namedIn = (type: TypePlan): readonly NamedType[] => {
  if (type.kind === 'named') return [type.type];
  if (type.kind === 'list') return namedIn(type.element);
  if (type.kind === 'map') return namedIn(type.value);
  return type.kind === 'nullable' ? namedIn(type.inner) : [];
};
