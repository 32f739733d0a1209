import type {
  FieldPlan,
  KitPlan,
  NamedType,
  ObjectType,
  TupleType,
  TypePlan,
  UnionType,
} from '../plan/kit-plan.ts';
import { type CodecFunctions, createCodecFunctions } from './codec-functions.ts';
import { emitImports } from './emit-imports.ts';
import { integerBounds, isFullRange, numberBounds, scalarJson } from './emit-scalars.ts';
import { optionName, tupleFields, unionKindName } from './emit-types.ts';
import { byteLiteral, camelCase, listLiteral, pascalCase } from './names.ts';
import { isNullable, needsSome, typeName } from './type-names.ts';

/** Creates the functions that write types without a name. */
export const createWriteFunctions = ({ types }: KitPlan): CodecFunctions => {
  const functions: CodecFunctions = createCodecFunctions(
    'write',
    types,
    (name, type) =>
      `function ${name}(to: Writer, value: ${typeName(type)}): void {\n  ${writeValue(type, 'value', functions)};\n}\n`,
  );
  return functions;
};

/** Emits the functions that write the types. */
export const emitWriters = (plan: KitPlan): string => {
  const functions = createWriteFunctions(plan);
  const types = plan.types.map((type) => emitWriter(type, functions));
  const body = [...types, functions.emit()].join('\n');
  return `// Writes the types of the contract: compact JSON, keys in the order of the contract.\n\n${emitImports(plan, body, ['./write'])}\n${body}`;
};

const emitWriter = (type: NamedType, functions: CodecFunctions): string => {
  const name = pascalCase(type.words);
  const head = `export function write${name}(to: Writer, value: ${name}): void {\n`;
  if (type.kind === 'object') return `${head}${emitObjectWriter(type, functions)}}\n`;
  if (type.kind === 'tuple') return `${head}${emitTupleWriter(type, functions)}}\n`;
  if (type.kind === 'union') return `${head}${emitUnionWriter(type, functions)}}\n`;
  const values = listLiteral(type.values.map(({ value }) => scalarJson(value)));
  return `${head}  to.choice(value, ${values});\n}\n`;
};

/** Collects the lines of a writer. Joins constant pieces of JSON into one literal until the next value. */
const createLines = () => {
  let pending = '';
  const lines: string[] = [];
  return {
    fixed: (json: string): void => {
      pending += json;
    },
    line: (line: string): void => {
      if (pending !== '') lines.push(`  to.raw(${byteLiteral(pending)});\n`);
      pending = '';
      lines.push(`  ${line}\n`);
    },
    text: (): string => `${lines.join('')}${pending === '' ? '' : `  to.raw(${byteLiteral(pending)});\n`}`,
  };
};

const emitObjectWriter = ({ fields }: ObjectType, functions: CodecFunctions): string => {
  const { fixed, line, text } = createLines();
  /** Whether a key precedes the next one. `undefined` if that depends on the message: the writer then checks. */
  let isPreceded: boolean | undefined = false;
  fixed('{');
  for (const field of fields) {
    const key = `${JSON.stringify(field.key)}:`;
    if (field.isOptional) {
      line(emitOptional(field, key, isPreceded, functions));
      isPreceded ||= undefined;
      continue;
    }
    if (isPreceded === undefined) line('to.next();');
    fixed(`${isPreceded === true ? ',' : ''}${key}`);
    isPreceded = true;
    const { type } = field;
    if (type.kind === 'constant') fixed(scalarJson(type.value));
    else if (type.kind === 'null') fixed('null');
    else line(`${writeValue(type, `value.${camelCase(field.words)}`, functions)};`);
  }
  fixed('}');
  return text();
};

const emitOptional = (
  field: FieldPlan,
  key: string,
  isPreceded: boolean | undefined,
  functions: CodecFunctions,
): string => {
  // AssemblyScript narrows locals, but not fields. No field has a name that ends with `_value`.
  const local = `${camelCase(field.words)}_value`;
  const held = needsSome(field.type) ? `${local}.value` : local;
  return (
    `const ${local} = value.${camelCase(field.words)};\n` +
    `  if (${local} !== null) {\n` +
    (isPreceded === undefined ? '    to.next();\n' : '') +
    `    to.raw(${byteLiteral(`${isPreceded === true ? ',' : ''}${key}`)});\n` +
    `    ${writeValue(field.type, held, functions)};\n  }`
  );
};

const emitTupleWriter = (type: TupleType, functions: CodecFunctions): string => {
  const { fixed, line, text } = createLines();
  fixed('[');
  for (const [at, { name, type: item, isHeld }] of tupleFields(type).entries()) {
    fixed(at === 0 ? '' : ',');
    if (isHeld) line(`${writeValue(item, `value.${name}`, functions)};`);
    else fixed(item.kind === 'constant' ? scalarJson(item.value) : 'null');
  }
  if (type.rest !== undefined) {
    const element = writeValue(type.rest, 'value.rest[index]', functions);
    line(
      `for (let index = 0; index < value.rest.length; index++) {\n    ${type.items.length === 0 ? 'to.next()' : 'to.byte(0x2c)'};\n    ${element};\n  }`,
    );
  }
  fixed(']');
  return text();
};

const emitUnionWriter = (type: UnionType, functions: CodecFunctions): string => {
  const kind = unionKindName(type);
  const cases = type.options.map((option) => {
    const own = optionName(option);
    return `    case ${kind}.${own}:\n      ${writeValue(option.type, `value.${own}`, functions)};\n      break;\n`;
  });
  return `  switch (value.kind) {\n${cases.join('')}  }\n`;
};

/** Returns a statement that writes a value, without the semicolon. `to` is the name of the writer. */
export const writeValue = (type: TypePlan, value: string, functions: CodecFunctions, to = 'to'): string => {
  if (type.kind === 'null') return `${to}.raw('null')`;
  if (type.kind === 'constant') return `${to}.raw(${byteLiteral(scalarJson(type.value))})`;
  if (type.kind === 'number') return `${to}.number(${[value, ...numberBounds(type)].join(', ')})`;
  if (type.kind === 'integer') {
    const write = type.width.startsWith('u') ? 'unsigned' : 'signed';
    const bounds = isFullRange(type) ? [] : integerBounds(type);
    return `${to}.${write}(${[value, ...bounds].join(', ')})`;
  }
  if (type.kind === 'list')
    return `writeList<${typeName(type.element)}>(${to}, ${value}, ${functions.nameOf(type.element)})`;
  if (type.kind === 'map') {
    const listed = type.keys === undefined ? '' : `, ${listLiteral(type.keys)}, ${type.isComplete}`;
    return `writeEntries<${typeName(type.value)}>(${to}, ${value}, ${functions.nameOf(type.value)}${listed})`;
  }
  if (type.kind === 'named') return `write${pascalCase(type.type.words)}(${to}, ${value})`;
  if (type.kind !== 'nullable') return `${to}.${WRITERS[type.kind]}(${value})`;
  if (isNullable(type.inner)) return writeValue(type.inner, value, functions, to);
  const writer = needsSome(type.inner) ? 'writeNullableSome' : 'writeNullable';
  return `${writer}<${typeName(type.inner)}>(${to}, ${value}, ${functions.nameOf(type.inner)})`;
};

/** The methods of the writer that take only the value. */
const WRITERS = { string: 'text', boolean: 'bool', json: 'json', json_object: 'jsonObject' } as const;
