import type { HostFunctionPlan, HostValuePlan, KitPlan, TypePlan } from '../plan/kit-plan.ts';
import { readFunction, writeFunction } from './go-codecs.ts';
import type { GoNames } from './go-names.ts';
import { goBlock, goComment, goFile, goString, indented } from './go-text.ts';
import { goType } from './go-types.ts';

/** How a kind of value is passed. */
interface Kind {
  /** The type in Go, if it does not depend on a type of the contract. */
  readonly type: string;
  /** The type of the import's argument or result. */
  readonly wasm: string;
  /** Expressions that convert from Go to wasm and back. */
  readonly toWasm: (value: string) => string;
  readonly fromWasm: (raw: string) => string;
}

const raw = (type: string, wasm: string): Kind => ({
  type,
  wasm,
  toWasm: (value) => (type === wasm ? value : `${wasm}(${value})`),
  fromWasm: (value) => (type === wasm ? value : `${type}(${value})`),
});

const block = (type: string, to: (value: string) => string, from: (value: string) => string): Kind => ({
  type,
  wasm: 'uint64',
  toWasm: to,
  fromWasm: from,
});

const call =
  (name: string) =>
  (value: string): string =>
    `${name}(${value})`;

const KINDS: Readonly<Record<string, Kind>> = {
  i32: raw('int32', 'int32'),
  u32: raw('uint32', 'uint32'),
  i64: raw('int64', 'int64'),
  u64: raw('uint64', 'uint64'),
  f32: raw('float32', 'float32'),
  f64: raw('float64', 'float64'),
  text: block('string', call('textBlock'), (value) => `string(fromBlock(${value}))`),
  bytes: block('[]byte', call('toBlock'), call('fromBlock')),
  'text?': block('*string', call('optionalTextBlock'), call('fromOptionalText')),
  'bytes?': block('[]byte', call('optionalBlock'), call('fromOptionalBlock')),
  'i32-block': block(
    'int32',
    (value) => `numberBlock(uint64(uint32(${value})), 4)`,
    (value) => `int32(fromNumberBlock(${value}))`,
  ),
  'u32-block': block(
    'uint32',
    (value) => `numberBlock(uint64(${value}), 4)`,
    (value) => `uint32(fromNumberBlock(${value}))`,
  ),
  'i64-block': block(
    'int64',
    (value) => `numberBlock(uint64(${value}), 8)`,
    (value) => `int64(fromNumberBlock(${value}))`,
  ),
  'u64-block': block('uint64', (value) => `numberBlock(${value}, 8)`, call('fromNumberBlock')),
  'f32-block': block(
    'float32',
    (value) => `numberBlock(uint64(math.Float32bits(${value})), 4)`,
    (value) => `math.Float32frombits(uint32(fromNumberBlock(${value})))`,
  ),
  'f64-block': block(
    'float64',
    (value) => `numberBlock(math.Float64bits(${value}), 8)`,
    (value) => `math.Float64frombits(fromNumberBlock(${value}))`,
  ),
  'bool-block': block('bool', call('boolBlock'), (value) => `fromNumberBlock(${value}) != 0`),
  json: block(
    'JSON',
    (value) => value,
    (value) => value,
  ),
};

const kindOf = ({ kind }: HostValuePlan): Kind => KINDS[kind] ?? raw('uint64', 'uint64');
const isBlock = ({ kind }: HostValuePlan): boolean =>
  KINDS[kind]?.wasm === 'uint64' && kind !== 'i64' && kind !== 'u64';

const typeOf = (value: HostValuePlan, names: GoNames): string =>
  value.type === undefined ? kindOf(value).type : goType(value.type, names);

/** Emits a Go function for each host function. */
export const emitHostFunctions = (plan: KitPlan, names: GoNames): string => {
  const parts = plan.hostFunctions.map((host) => wrapper(host, names));
  const needsMath = parts.some((lines) => lines.some((line) => line.includes('math.')));
  return goFile('The functions of the host that the plugin may call.', [
    needsMath ? ['import "math"'] : [],
    ...parts,
  ]);
};

/** Emits the imports that these functions call. */
export const emitHostImports = (plan: KitPlan, names: GoNames): string =>
  goFile(
    'The imports of the module.',
    plan.hostFunctions.map((host) => [
      `//go:wasmimport ${host.namespace} ${host.name}`,
      signature(host, names),
    ]),
  );

/** Emits the replacements of the imports outside of WebAssembly, where there is no host. */
export const emitNoHostImports = (plan: KitPlan, names: GoNames): string =>
  `//go:build !wasm\n\n${goFile(
    'Outside of WebAssembly there is no host.',
    plan.hostFunctions.map((host) => goBlock(signature(host, names), ['panic(noHost)'])),
  )}`;

const importName = (host: HostFunctionPlan, names: GoNames): string => `host${names.hostFunctionName(host)}`;

const signature = (host: HostFunctionPlan, names: GoNames): string => {
  const parameters = host.parameters.map((each, at) => `argument${at + 1} ${kindOf(each).wasm}`).join(', ');
  const result = host.result === undefined ? '' : ` ${kindOf(host.result).wasm}`;
  return `func ${importName(host, names)}(${parameters})${result}`;
};

const isJson = (value: HostValuePlan | undefined): value is HostValuePlan & { readonly type: TypePlan } =>
  value?.type !== undefined;

/** Only JSON that does not fit its type can cause an error. */
const wrapper = (host: HostFunctionPlan, names: GoNames): readonly string[] => {
  const name = names.hostFunctionName(host);
  const { parameters, result } = host;
  const mayFail = isJson(result) || parameters.some(isJson);
  const resultType = result === undefined ? '' : typeOf(result, names);
  const returned = [resultType, mayFail ? 'error' : ''].filter((each) => each !== '').join(', ');
  const returns = mayFail && result !== undefined ? ` (${returned})` : returned === '' ? '' : ` ${returned}`;
  const failed = result === undefined ? 'return err' : 'return result, err';
  const before = parameters.flatMap((each, at): readonly string[] => {
    const argument = `argument${at + 1}`;
    if (isJson(each))
      return [
        `block${at + 1}, err := jsonBlock(${argument === '' ? '' : `&${argument}`}, ${goString(`${host.name}, argument ${at + 1}`)}, ${writeFunction(each.type, names)})`,
        'if err != nil {',
        `\t${failed}`,
        '}',
      ];
    return isBlock(each) ? [`block${at + 1} := ${kindOf(each).toWasm(argument)}`] : [];
  });
  const passed = parameters.map((each, at) =>
    isBlock(each) ? `block${at + 1}` : kindOf(each).toWasm(`argument${at + 1}`),
  );
  const called = `${importName(host, names)}(${passed.join(', ')})`;
  const after = parameters.flatMap((each, at) => (isBlock(each) ? [`free(block${at + 1})`] : []));
  const end = (): readonly string[] => {
    if (result === undefined) return [called, ...after, ...(mayFail ? ['return nil'] : [])];
    const got = [`found := ${called}`, ...after];
    if (isJson(result))
      return [
        ...got,
        `err = fromJSONBlock(found, &result, ${goString(`${host.name}, result`)}, ${readFunction(result.type, names)})`,
        'return result, err',
      ];
    const value = kindOf(result).fromWasm('found');
    return [...got, `return ${value}${mayFail ? ', nil' : ''}`];
  };
  const declared = [
    ...(mayFail && result !== undefined ? [`var result ${resultType}`] : []),
    ...(isJson(result) && !parameters.some(isJson) ? ['var err error'] : []),
  ];
  return [
    ...goComment(
      [
        `${name} calls ${host.name}.`,
        host.description ?? '',
        mayFail ? 'JSON that does not fit its type is an error.' : '',
      ].join(' '),
    ),
    `func ${name}(${parameters.map((each, at) => `argument${at + 1} ${typeOf(each, names)}`).join(', ')})${returns} {`,
    ...indented([...declared, ...before, ...end()]),
    '}',
  ];
};
