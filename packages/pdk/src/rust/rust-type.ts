import type { FieldPlan, NamedType, TypePlan } from '../plan/kit-plan.ts';
import { typeName } from './spelling.ts';

/** Returns the type of a value in a field of `holder`. */
export const rustType = (type: TypePlan, holder?: NamedType): string => {
  if (type.kind === 'string') return 'String';
  if (type.kind === 'boolean') return 'bool';
  if (type.kind === 'null' || type.kind === 'constant') return '()';
  if (type.kind === 'integer') return type.width;
  if (type.kind === 'number') return 'f64';
  // The elements of lists and maps are on the heap, so they need no box.
  if (type.kind === 'list') return `Vec<${rustType(type.element)}>`;
  if (type.kind === 'map') return `Map<${rustType(type.value)}>`;
  if (type.kind === 'nullable') return `Option<${rustType(type.inner, holder)}>`;
  if (type.kind !== 'named') return 'Json';
  const name = typeName(type.type.words);
  return isBoxed(type.type, holder) ? `Box<${name}>` : name;
};

/** Whether a key has a field. Required constants have none. */
export const isKept = (field: FieldPlan): boolean => field.type.kind !== 'constant' || field.isOptional;

/** Whether a type is boxed in the fields of `holder`: it is if it contains `holder`, other than through lists or maps. */
export const isBoxed = (type: NamedType, holder: NamedType | undefined): boolean =>
  holder !== undefined && type.isRecursive && holds(type, holder, new Set());

const holds = (type: NamedType, sought: NamedType, seen: Set<NamedType>): boolean => {
  if (type === sought) return true;
  if (seen.has(type)) return false;
  seen.add(type);
  return directParts(type).some((part) => holds(part, sought, seen));
};

const directParts = (type: NamedType): readonly NamedType[] => {
  if (type.kind === 'object') return type.fields.flatMap((field) => direct(field.type));
  if (type.kind === 'tuple') return type.items.flatMap(direct);
  return type.kind === 'union' ? type.options.flatMap((option) => direct(option.type)) : [];
};

const direct = (type: TypePlan): readonly NamedType[] => {
  if (type.kind === 'named') return [type.type];
  return type.kind === 'nullable' ? direct(type.inner) : [];
};
