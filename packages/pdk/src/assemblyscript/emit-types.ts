import type {
  EnumType,
  FieldPlan,
  KitPlan,
  NamedType,
  OptionPlan,
  TupleType,
  TypePlan,
  UnionType,
} from '../plan/kit-plan.ts';
import { emitImports } from './emit-imports.ts';
import { camelCase, comment, pascalCase } from './names.ts';
import {
  fieldTypeName,
  heldFields,
  isConstant,
  isNullable,
  isReference,
  needsSome,
  typeName,
} from './type-names.ts';

/** Emits the types of the messages: a class for each object, tuple and union, and the enums. */
export const emitTypes = (plan: KitPlan): string => {
  const body = plan.types.map(emitType).join('\n');
  return `${TYPES_HEAD}\n${emitImports(plan, body, ['./types', './read', './write'])}\n${body}`;
};

const TYPES_HEAD =
  '// The types of the contract. Write objects as literals: `return { text: request.name };`.\n';

const emitType = (type: NamedType): string => `${comment(describe(type))}${emitBody(type)}`;

const describe = (type: NamedType): string | undefined =>
  type.isRefined
    ? [type.description, 'The host checks more than this type says.'].filter(Boolean).join('\n')
    : type.description;

const emitBody = (type: NamedType): string => {
  if (type.kind === 'enum') return emitEnum(type);
  if (type.kind === 'union') return emitUnion(type);
  const fields = type.kind === 'object' ? heldFields(type.fields).map(emitField) : emitItems(type);
  return `export class ${pascalCase(type.words)} {${fields.length === 0 ? '' : `\n${fields.join('')}`}}\n`;
};

const emitField = (field: FieldPlan): string => {
  const { type, description, isOptional } = field;
  const name = camelCase(field.words);
  return `${comment(description, '  ')}  ${declare(name, fieldTypeName(field), type, isOptional)}`;
};

/** Emits a field. An object literal must set it, unless the field is optional, nullable, a number or a boolean. */
const declare = (name: string, spelled: string, type: TypePlan, isOptional: boolean): string => {
  if (isOptional || isNullable(type)) return `${name}: ${spelled} = null;\n`;
  if (isReference(type)) return `${name}!: ${spelled};\n`;
  return `${name}: ${spelled} = ${type.kind === 'boolean' ? 'false' : '0'};\n`;
};

/** The items of a tuple, named `item0`, `item1` and so on. `isHeld` is false for constants, which have no field. */
export const tupleFields = (
  type: TupleType,
): readonly { readonly name: string; readonly type: TypePlan; readonly isHeld: boolean }[] =>
  type.items.map((item, at) => ({ name: `item${at}`, type: item, isHeld: !isConstant(item) }));

const emitItems = (type: TupleType): readonly string[] => {
  const items = tupleFields(type)
    .filter(({ isHeld }) => isHeld)
    .map(({ name, type: item }) => `  ${declare(name, typeName(item), item, false)}`);
  const { rest } = type;
  return rest === undefined ? items : [...items, `  rest!: ${typeName({ kind: 'list', element: rest })};\n`];
};

const emitEnum = (type: EnumType): string =>
  `export enum ${pascalCase(type.words)} {\n${type.values
    .map(
      ({ value, words }) =>
        `  /** \`${JSON.stringify(value)?.replaceAll('*/', '*\\/')}\` */\n  ${camelCase(words)},\n`,
    )
    .join('')}}\n`;

/** The name of the enum of a union's options. It is nested in the class, so its name cannot clash with a type of the contract. */
export const unionKindName = (type: UnionType): string => `${pascalCase(type.words)}.Kind`;

/** The name of an option. The class itself has fields `kind` and `held`. */
export const optionName = ({ words }: OptionPlan): string => {
  const name = camelCase(words);
  return name === 'kind' || name === 'held' ? `${name}_` : name;
};

const emitUnion = (type: UnionType): string => {
  const name = pascalCase(type.words);
  const kind = unionKindName(type);
  const options = type.options.map((option) => {
    const own = optionName(option);
    const spelled = typeName(option.type);
    const isBoxed = needsSome(option.type);
    const held = isBoxed ? `Some<${spelled}>` : spelled;
    return (
      `  static ${own}(value: ${spelled}): ${name} {\n` +
      `    return new ${name}(${kind}.${own}, ${isBoxed ? `new ${held}(value)` : 'value'});\n  }\n\n` +
      `  get ${own}(): ${spelled} {\n` +
      `    assert(this.kind == ${kind}.${own}, '${name} is not ${own}: look at its kind first');\n` +
      `    return changetype<${held}>(this.held)${isBoxed ? '.value' : ''};\n  }\n`
    );
  });
  return (
    `export class ${name} {\n` +
    `  private constructor(\n    readonly kind: ${kind},\n    private held: Object,\n  ) {}\n\n${options.join('\n')}}\n\n` +
    `export namespace ${name} {\n  export enum Kind {\n${type.options
      .map((option) => `    ${optionName(option)},\n`)
      .join('')}  }\n}\n`
  );
};
