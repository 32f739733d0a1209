import type { HostFunctionPlan, HostValuePlan, KitPlan } from '../plan/kit-plan.ts';
import { createNames } from '../plan/words.ts';
import { cType, declare, pointerTo } from './c-types.ts';
import { createTables, type Tables } from './emit-tables.ts';
import { comment, cString } from './spelling.ts';

interface Named {
  readonly plan: HostFunctionPlan;
  readonly name: string;
}

const named = (plans: readonly HostFunctionPlan[]): readonly Named[] => {
  const name = createNames();
  return plans.map((plan) => ({ plan, name: `host_${name(plan.words).join('_')}` }));
};

/** Emits `host.h`: the functions of the host that the plugin may call. */
export const emitHostHeader = ({ hostFunctions }: KitPlan): string =>
  [
    '// The functions of the host. Call them only from handlers. `plugwire generate` replaces this file.',
    '#ifndef PLUGWIRE_HOST_H',
    '#define PLUGWIRE_HOST_H',
    '',
    '#include "contract.h"',
    '',
    ...named(hostFunctions).flatMap(({ plan, name }) =>
      [comment(plan.description), resultNote(plan.result), `${signature(plan, name)};`].flat(),
    ),
    '',
    '#endif',
    '',
  ].join('\n');

const resultNote = (result: HostValuePlan | undefined): readonly string[] => {
  if (result?.kind === 'json')
    return ['// Returns false and sets a failure if the host returns JSON of another type.'];
  return result?.kind.endsWith('?') === true ? ['// Returns false if the host returns nothing.'] : [];
};

/** Emits `host.c`: the bodies of the host functions, which pass arguments and results. */
export const emitHostSource = ({ hostFunctions }: KitPlan): string => {
  const tables = createTables();
  const bodies = named(hostFunctions).flatMap((each) => emitBody(each, tables).concat(''));
  return [
    '// Calls the functions of the host and frees their blocks of memory. `plugwire generate` replaces this file.',
    '#include "host.h"',
    '#include "runtime.h"',
    '',
    ...tables.lines(),
    ...bodies,
  ].join('\n');
};

const NUMBERS: Readonly<Record<string, { readonly c: string; readonly wasm: string }>> = {
  i32: { c: 'int32_t', wasm: 'int32_t' },
  u32: { c: 'uint32_t', wasm: 'uint32_t' },
  i64: { c: 'int64_t', wasm: 'int64_t' },
  u64: { c: 'uint64_t', wasm: 'uint64_t' },
  f32: { c: 'float', wasm: 'float' },
  f64: { c: 'double', wasm: 'double' },
  bool: { c: 'bool', wasm: 'uint32_t' },
};

/** Returns the number of a kind: `u64` for `u64-block`. */
const numberOf = (kind: string): string => kind.replace(/-block$/, '');

const parameterType = ({ kind, type }: HostValuePlan): string => {
  if (type !== undefined) return isStruct({ kind, type }) ? `const ${cType(type)} *` : cType(type);
  if (kind === 'text' || kind === 'bytes') return 'pw_text';
  if (kind === 'text?' || kind === 'bytes?') return 'const pw_text *';
  return NUMBERS[numberOf(kind)]?.c ?? 'pw_text';
};

const isStruct = ({ type }: HostValuePlan): boolean => type?.kind === 'named' && type.type.kind !== 'enum';

const resultType = ({ kind, type }: HostValuePlan): string =>
  type === undefined ? (NUMBERS[numberOf(kind)]?.c ?? 'pw_text') : cType(type);

/** Whether the result may be missing. It is then returned through a pointer, and the function returns whether it is present. */
const isPointed = (result: HostValuePlan | undefined): boolean =>
  result !== undefined && (result.kind === 'json' || result.kind.endsWith('?'));

const mayFail = ({ parameters, result }: HostFunctionPlan): boolean =>
  isPointed(result) || parameters.some(({ kind }) => kind === 'json');

const signature = (plan: HostFunctionPlan, name: string): string => {
  const { parameters, result } = plan;
  const isBool = mayFail(plan);
  const own = parameters.map((parameter, at) => declare(parameterType(parameter), `argument${at + 1}`));
  const out = result !== undefined && isBool ? [declare(pointerTo(resultType(result)), 'result')] : [];
  const all = [...own, ...out].join(', ');
  const returned = isBool ? 'bool' : result === undefined ? 'void' : resultType(result);
  return declare(returned, `${name}(${all === '' ? 'void' : all})`);
};

const wasmType = ({ kind }: HostValuePlan): string =>
  kind.endsWith('-block') ? 'uint64_t' : (NUMBERS[kind]?.wasm ?? 'uint64_t');

const isBlock = ({ kind }: HostValuePlan): boolean => kind.endsWith('-block') || NUMBERS[kind] === undefined;

const emitBody = ({ plan, name }: Named, tables: Tables): readonly string[] => {
  const { parameters, result } = plan;
  const imported = `import_${name}`;
  const wasm = parameters.map((parameter, at) => `${wasmType(parameter)} argument${at + 1}`);
  const blocks = parameters.flatMap((parameter, at) => (isBlock(parameter) ? [`block${at + 1}`] : []));
  const passed = parameters.map((parameter, at) => `${isBlock(parameter) ? 'block' : 'argument'}${at + 1}`);
  const call = `${imported}(${passed.join(', ')})`;
  const returned = result === undefined ? 'void' : wasmType(result);
  return [
    `__attribute__((import_module(${cString(plan.namespace)}), import_name(${cString(plan.name)})))`,
    `${returned} ${imported}(${wasm.length === 0 ? 'void' : wasm.join(', ')});`,
    '',
    `${signature(plan, name)} {`,
    ...parameters.flatMap((parameter, at) => toBlock(parameter, at + 1, tables, plan.name)),
    result === undefined ? `  ${call};` : `  ${returned} answer = ${call};`,
    ...blocks.map((block) => `  pw_free_block(${block});`),
    ...giveResult(plan, tables),
    '}',
  ];
};

const toBlock = (parameter: HostValuePlan, at: number, tables: Tables, name: string): readonly string[] => {
  const { kind, type } = parameter;
  if (!isBlock(parameter)) return [];
  const block = `block${at}`;
  const argument = `argument${at}`;
  if (type !== undefined)
    return [
      `  uint64_t ${block};`,
      `  if (!pw_write_block(&${tables.tableOf(type)}, ${isStruct(parameter) ? '' : '&'}${argument}, ${cString(`${name} argument ${at}`)}, &${block})) return false;`,
    ];
  if (kind.endsWith('-block'))
    return [`  uint64_t ${block} = pw_to_block((pw_text){(const char *)&${argument}, sizeof ${argument}});`];
  return kind.endsWith('?')
    ? [`  uint64_t ${block} = ${argument} ? pw_to_block(*${argument}) : 0;`]
    : [`  uint64_t ${block} = pw_to_block(${argument});`];
};

const giveResult = (plan: HostFunctionPlan, tables: Tables): readonly string[] => {
  const { result } = plan;
  const isBool = mayFail(plan);
  if (result === undefined) return isBool ? ['  return true;'] : [];
  if (result.type !== undefined)
    return [
      `  return pw_read_block(&${tables.tableOf(result.type)}, answer, ${cString(`${plan.name} result`)}, result);`,
    ];
  const give = (value: string): readonly string[] =>
    isBool ? [`  *result = ${value};`, '  return true;'] : [`  return ${value};`];
  if (!isBlock(result)) return give('answer');
  const read = ['  pw_text bytes = pw_from_block(answer);', '  pw_free_block(answer);'];
  if (result.kind.endsWith('-block'))
    return [
      ...read,
      `  ${resultType(result)} value = 0;`,
      '  if (bytes.length >= sizeof value) __builtin_memcpy(&value, bytes.at, sizeof value);',
      ...give('value'),
    ];
  return result.kind.endsWith('?')
    ? ['  if (!answer) return false;', ...read, ...give('bytes')]
    : [...read, ...give('bytes')];
};
