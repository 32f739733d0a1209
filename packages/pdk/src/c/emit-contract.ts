import { ABI_ENVELOPE, IDENTITY_MAGIC, IDENTITY_SECTION } from '@plugwire/wire';

import type { FunctionPlan, KitPlan, NamedType, PluginPlan, VersionPlan } from '../plan/kit-plan.ts';
import { createTables } from './emit-tables.ts';
import { cString, handlerName, typeName } from './spelling.ts';

/** Emits `contract.c`: the tables of the types, the exports and the identity of the plugin. */
export const emitContract = ({ plugin, functions, capabilities }: KitPlan): string => {
  const tables = createTables();
  const tableOf = (type: NamedType): string => tables.tableOf({ kind: 'named', type });
  // Handshakes list functions in sorted order.
  const sorted = functions.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const functionLines = sorted.flatMap((each) => emitVersions(each, tableOf));
  return [
    '// The tables of the contract and the exports of the plugin. `plugwire generate` replaces this file.',
    '#include "contract.h"',
    '#include "runtime.h"',
    '',
    '// ---- types ----',
    '',
    ...tables.lines(),
    '',
    '// ---- functions ----',
    '',
    ...functionLines,
    ...emitPlugin(sorted, capabilities),
    '',
    '// ---- exports ----',
    '',
    '#define EXPORT(name) __attribute__((export_name(#name))) int32_t pw_export_##name(void)',
    'EXPORT(cc_lb_handshake) { return pw_answer_handshake(&plugin); }',
    'EXPORT(cc_lb_self_check) { return pw_answer_self_check(&plugin); }',
    ...sorted.map(({ name }, at) => `EXPORT(${name}) { return pw_answer(functions + ${at}); }`),
    '',
    '// The identity, in a custom section that hosts read before they run the module.',
    ...emitIdentity(plugin),
    '',
  ].join('\n');
};

const emitVersions = (
  { name, versions }: FunctionPlan,
  tableOf: (type: NamedType) => string,
): readonly string[] => [
  ...versions.flatMap((version) => emitCaller(version)),
  `static const pw_version ${name}_versions[] = {`,
  ...versions.flatMap((version) => [
    `  {.version = ${version.version}, .request = &${tableOf(version.request)}, .response = &${tableOf(version.response)},`,
    `   .handle = call_${version.words.join('_')},`,
    `   .sample_request = ${cString(version.sample.request)},`,
    `   .sample_response = ${cString(version.sample.response)}},`,
  ]),
  '};',
  '',
];

const emitCaller = ({ words, request, response }: VersionPlan): readonly string[] => [
  `static bool call_${words.join('_')}(const void *request, void *response) {`,
  `  return ${handlerName(words)}((const ${typeName(request.words)} *)request, (${typeName(response.words)} *)response);`,
  '}',
];

const emitPlugin = (
  functions: readonly FunctionPlan[],
  capabilities: readonly string[],
): readonly string[] => [
  'static const pw_function functions[] = {',
  ...functions.map(
    ({ name, versions }) =>
      `  {${cString(name)}, ${cString(supported(name, versions))}, ${name}_versions, ${versions.length}},`,
  ),
  '};',
  ...(capabilities.length === 0
    ? []
    : [`static const char *const capabilities[] = {${capabilities.map(cString).join(', ')}};`]),
  `static const pw_plugin plugin = {functions, ${capabilities.length === 0 ? 'NULL' : 'capabilities'}, ${functions.length}, ${capabilities.length}};`,
];

const supported = (name: string, versions: readonly VersionPlan[]): string =>
  `${JSON.stringify(name)}:${JSON.stringify(versions.map(({ version }) => version))}`;

/** Emits the identity section as assembly: clang has no other way to write a custom section. */
const emitIdentity = ({ name, version }: PluginPlan): readonly string[] => {
  const payload = JSON.stringify({
    magic: [...IDENTITY_MAGIC],
    abi_envelope: ABI_ENVELOPE,
    plugin_name: name,
    plugin_version: version,
  });
  return [
    `__asm__(".section .custom_section.${IDENTITY_SECTION},\\"\\",@\\n"`,
    `        ${cString(`.ascii ${assemblerString(payload)}\n`)}`,
    '        ".text\\n");',
  ];
};

const assemblerString = (text: string): string =>
  `"${[...new TextEncoder().encode(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte);
      if (byte < 0x20 || byte > 0x7e) return `\\${byte.toString(8).padStart(3, '0')}`;
      return '"\\'.includes(character) ? `\\${character}` : character;
    })
    .join('')}"`;
