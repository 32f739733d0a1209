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
import { integerBounds, numberBounds, scalarJson } from './emit-scalars.ts';
import { optionName, tupleFields } from './emit-types.ts';
import { byteLiteral, camelCase, listLiteral, pascalCase } from './names.ts';
import { isConstant, isNullable, needsSome, typeName } from './type-names.ts';

/** The bits of a word. Each bit records whether a key of an object was seen. */
const WORD = 64;

/** Creates the functions that read types without a name. */
export const createReadFunctions = ({ types }: KitPlan): CodecFunctions => {
  const functions: CodecFunctions = createCodecFunctions(
    'read',
    types,
    (name, type) =>
      `function ${name}(from: Reader): ${typeName(type)} {\n  return ${readValue(type, 'from', functions)};\n}\n`,
  );
  return functions;
};

/** Emits the functions that read the types. */
export const emitReaders = (plan: KitPlan): string => {
  const functions = createReadFunctions(plan);
  const types = plan.types.map((type) => emitReader(type, functions));
  const body = [...types, functions.emit()].join('\n');
  return `// Reads the types of the contract, strictly.\n\n${emitImports(plan, body, ['./read'])}\n${body}`;
};

const emitReader = (type: NamedType, functions: CodecFunctions): string => {
  if (type.kind === 'object') return emitObjectReader(type, functions);
  if (type.kind === 'tuple') return emitTupleReader(type, functions);
  if (type.kind === 'union') return emitUnionReader(type, functions);
  const name = pascalCase(type.words);
  const values = listLiteral(type.values.map(({ value }) => scalarJson(value)));
  return `export function read${name}(from: Reader): ${name} {\n  return <${name}>from.choice(${values});\n}\n`;
};

const emitObjectReader = ({ words, fields }: ObjectType, functions: CodecFunctions): string => {
  const name = pascalCase(words);
  const keys = listLiteral(fields.map(({ key }) => key));
  if (fields.length === 0)
    return `export function read${name}(from: Reader): ${name} {\n  from.openObject('');\n  return new ${name}();\n}\n`;
  const groups = Array.from({ length: Math.ceil(fields.length / WORD) }, (_, at) => at);
  const seen = (at: number): string => (groups.length === 1 ? 'seen' : `seen${at}`);
  const note = groups
    .map((at) => {
      const own = `${seen(at)} = from.see(${seen(at)}, <u16>key${at === 0 ? '' : ` - ${at * WORD}`});`;
      if (groups.length === 1) return `    ${own}\n`;
      return `    ${at === 0 ? '' : 'else '}${at === groups.length - 1 ? '' : `if (<u16>key < ${(at + 1) * WORD}) `}${own}\n`;
    })
    .join('');
  const cases = fields.map((field, at) => `      case ${at}: ${assign(field, 'from', functions)} break;\n`);
  const closes = groups.map((at) => {
    const required = maskOf(fields.slice(at * WORD, (at + 1) * WORD));
    return required === 0n
      ? ''
      : `  from.closeObject(keys, ${seen(at)}, 0x${required.toString(16)}${at === 0 ? '' : `, ${at * WORD}`});\n`;
  });
  const defaults = fields.map((field, at) =>
    emitDefault(field, seen(Math.floor(at / WORD)), at % WORD, functions),
  );
  return (
    `export function read${name}(from: Reader): ${name} {\n` +
    `  const keys = ${keys};\n` +
    `  const value = new ${name}();\n` +
    groups.map((at) => `  let ${seen(at)}: u64 = 0;\n`).join('') +
    `  for (let key = from.openObject(keys); key >= 0; key = from.nextKey(keys, key)) {\n${note}` +
    `    switch (<u16>key) {\n${cases.join('')}    }\n  }\n` +
    `${closes.join('')}${defaults.join('')}  return value;\n}\n`
  );
};

const maskOf = (fields: readonly FieldPlan[]): bigint =>
  fields.reduce(
    (mask, { isOptional, defaultJson }, at) =>
      isOptional || defaultJson !== undefined ? mask : mask | (1n << BigInt(at)),
    0n,
  );

const emitDefault = (field: FieldPlan, seen: string, bit: number, functions: CodecFunctions): string => {
  if (field.defaultJson === undefined || isConstant(field.type)) return '';
  return (
    `  if ((${seen} & 0x${(1n << BigInt(bit)).toString(16)}) == 0) {\n` +
    `    const absent = new Reader(ofLiteral(${byteLiteral(field.defaultJson)}));\n` +
    `    ${assign(field, 'absent', functions)}\n  }\n`
  );
};

const assign = (field: FieldPlan, from: string, functions: CodecFunctions): string => {
  const read = readValue(field.type, from, functions);
  if (!field.isOptional && isConstant(field.type)) return `${read};`;
  const value =
    field.isOptional && needsSome(field.type) ? `new Some<${typeName(field.type)}>(${read})` : read;
  return `value.${camelCase(field.words)} = ${value};`;
};

/** Returns an expression that reads a value. */
export const readValue = (type: TypePlan, from: string, functions: CodecFunctions): string => {
  if (type.kind === 'constant') return `${from}.constant(${byteLiteral(scalarJson(type.value))})`;
  if (type.kind === 'number') return `${from}.number(${numberBounds(type).join(', ')})`;
  if (type.kind === 'integer') {
    const read = type.width.startsWith('u') ? 'unsigned' : 'signed';
    const call = `${from}.${read}(${integerBounds(type).join(', ')})`;
    return type.width.endsWith('32') ? `<${type.width}>${call}` : call;
  }
  if (type.kind === 'list')
    return `readList<${typeName(type.element)}>(${from}, ${functions.nameOf(type.element)})`;
  if (type.kind === 'map') {
    const { keys, isComplete, value } = type;
    const listed = keys === undefined ? '' : `, ${listLiteral(keys)}, ${isComplete}`;
    return `readEntries<${typeName(value)}>(${from}, ${functions.nameOf(value)}${listed})`;
  }
  if (type.kind === 'named') return `read${pascalCase(type.type.words)}(${from})`;
  if (type.kind !== 'nullable') return `${from}.${READERS[type.kind]}()`;
  if (isNullable(type.inner)) return readValue(type.inner, from, functions);
  const reader = needsSome(type.inner) ? 'readNullableSome' : 'readNullable';
  return `${reader}<${typeName(type.inner)}>(${from}, ${functions.nameOf(type.inner)})`;
};

/** The methods of the reader that take no arguments. */
const READERS = {
  string: 'text',
  boolean: 'bool',
  null: 'nil',
  json: 'json',
  json_object: 'jsonObject',
} as const;

const emitTupleReader = (type: TupleType, functions: CodecFunctions): string => {
  const name = pascalCase(type.words);
  const items = tupleFields(type).map(({ name: field, type: item, isHeld }) => {
    const read = readValue(item, 'from', functions);
    return `  if (!from.needElement(more)) return value;\n  ${isHeld ? `value.${field} = ${read}` : read};\n  more = from.nextElement();\n`;
  });
  const { rest } = type;
  const end =
    rest === undefined
      ? "  if (more) from.refuse('there is an element too many');\n"
      : `  const rest: ${typeName({ kind: 'list', element: rest })} = [];\n` +
        `  for (; more; more = from.nextElement()) rest.push(${readValue(rest, 'from', functions)});\n` +
        `  value.rest = rest;\n`;
  return (
    `export function read${name}(from: Reader): ${name} {\n` +
    `  const value = new ${name}();\n  let more = from.openList();\n${items.join('')}${end}  return value;\n}\n`
  );
};

const emitUnionReader = (type: UnionType, functions: CodecFunctions): string => {
  const name = pascalCase(type.words);
  const head = `export function read${name}(from: Reader): ${name} {\n`;
  if (type.discriminator === undefined) {
    const tries = type.options.map((each, at) => {
      const own = `option${at}`;
      return (
        `  const ${own} = ${readValue(each.type, 'from', functions)};\n` +
        `  if (from.fits(mark)) return ${name}.${optionName(each)}(${own});\n`
      );
    });
    return (
      `${head}  const mark = from.mark();\n${tries.join('')}` +
      `  from.refuse('no option fits');\n  return changetype<${name}>(0);\n}\n`
    );
  }
  const all = type.options.flatMap((option, at) => option.tags.map((tag) => ({ tag, at })));
  const cases = type.options.map((option, at) => {
    const labels = all.flatMap((each, index) => (each.at === at ? [`    case ${index}:\n`] : []));
    return `${labels.join('')}      return ${name}.${optionName(option)}(${readValue(option.type, 'from', functions)});\n`;
  });
  const tags = listLiteral(all.map(({ tag }) => scalarJson(tag)));
  return (
    `${head}  switch (from.peekTag(${byteLiteral(type.discriminator)}, ${tags})) {\n${cases.join('')}  }\n` +
    `  return changetype<${name}>(0);\n}\n`
  );
};
