import type { FunctionPlan, KitPlan, NamedType, VersionPlan } from '../plan/kit-plan.ts';
import { goStrings } from './go-codecs.ts';
import { camel, type GoNames } from './go-names.ts';
import { goBlock, goComment, goFile, goString, indented } from './go-text.ts';

/** Emits the interface that the author implements, and the functions between the exports and it. */
export const emitPlugin = (plan: KitPlan, names: GoNames): string => {
  const functions = plan.functions.toSorted((one, other) => (one.name < other.name ? -1 : 1));
  return goFile('The interface that the author of the plugin implements, and the samples of the contract.', [
    [
      '// Plugin has a method for each version of each function. If a method returns an error, the call fails with it.',
      'type Plugin interface {',
      ...plan.functions.flatMap((each) =>
        each.versions.flatMap((version) => [
          ...goComment(about(each, version), '\t'),
          `\t${method(version, names)}`,
        ]),
      ),
      '}',
    ],
    [
      '// Sorted by name.',
      'var functions = []function{',
      ...functions.map(
        ({ name, versions }) =>
          `\t{${goString(name)}, []uint32{${versions.map(({ version }) => version).join(', ')}}},`,
      ),
      '}',
    ],
    [`var requiredCapabilities = ${goStrings(plan.capabilities)}`],
    ...plan.functions.map((each) => serve(each, names)),
    checkSamples(plan.functions, names),
    ...plan.functions.flatMap(({ versions }) =>
      versions.flatMap(({ request, response }) => [parse(request, names), parse(response, names)]),
    ),
  ]);
};

/** Emits an export for each function, and the two exports of the protocol. */
export const emitExports = (plan: KitPlan): string =>
  goFile('The functions that the host calls.', [
    exportOf('cc_lb_handshake', 'exportedHandshake', 'answerHandshake'),
    exportOf('cc_lb_self_check', 'exportedSelfCheck', 'answerSelfCheck'),
    ...plan.functions.map((each) => exportOf(each.name, `export${nameOf(each)}`, `serve${nameOf(each)}`)),
  ]);

/** Returns the signature of a version's method. */
export const method = ({ words, request, response }: VersionPlan, names: GoNames): string =>
  `${camel(words)}(request ${names.typeName(request)}) (${names.typeName(response)}, error)`;

const nameOf = ({ versions, name }: FunctionPlan): string => camel(versions[0]?.words ?? [name]);

const about = ({ name, description, fallback }: FunctionPlan, { version, words }: VersionPlan): string =>
  [
    `${camel(words)} answers ${name}, version ${version}.`,
    description ?? '',
    `If it fails, the host falls back to ${fallback}.`,
  ].join(' ');

const exportOf = (name: string, go: string, handler: string): readonly string[] => [
  `//go:wasmexport ${name}`,
  ...goBlock(`func ${go}() int32`, [`return answer(${handler})`]),
];

const serve = (each: FunctionPlan, names: GoNames): readonly string[] => {
  const [first] = each.versions;
  if (first !== undefined && each.versions.length === 1) return serveVersion(nameOf(each), first, names);
  return [
    `func serve${nameOf(each)}(r *reader, w *writer) error {`,
    '\tversion, err := findVersion(r)',
    '\tif err != nil {',
    '\t\treturn err',
    '\t}',
    '\tswitch version {',
    ...each.versions.flatMap(({ version }) => [
      `\tcase ${version}:`,
      `\t\treturn serve${nameOf(each)}Version${version}(r, w)`,
    ]),
    '\t}',
    '\treturn errVersion(version)',
    '}',
    ...each.versions.flatMap((version) => [
      '',
      ...serveVersion(`${nameOf(each)}Version${version.version}`, version, names),
    ]),
  ];
};

const serveVersion = (
  name: string,
  { version, words, request, response }: VersionPlan,
  names: GoNames,
): readonly string[] => [
  `func serve${name}(r *reader, w *writer) error {`,
  `\tvar request ${names.typeName(request)}`,
  `\tr.expectVersion(${version})`,
  `\tdecode${names.typeName(request)}(r, &request)`,
  '\tif err := r.endRequest(); err != nil {',
  '\t\treturn err',
  '\t}',
  `\tresponse, err := plugin.${camel(words)}(request)`,
  '\tif err != nil {',
  '\t\treturn err',
  '\t}',
  `\tw.envelope = \`"_v":${version}\``,
  `\tencode${names.typeName(response)}(w, &response)`,
  '\treturn w.endResponse()',
  '}',
];

/** Emits a function that reads a message from a text. The kit itself does not use it: it is for tests and samples. */
const parse = (type: NamedType, names: GoNames): readonly string[] => {
  const name = names.typeName(type);
  return [
    `// ${names.parserName(type)} reads the JSON of a message without "_v".`,
    ...goBlock(`func ${names.parserName(type)}(text string) (${name}, error)`, [
      `return parse(text, decode${name})`,
    ]),
  ];
};

const checkSamples = (functions: readonly FunctionPlan[], names: GoNames): readonly string[] => [
  '// checkSamples reads and writes the samples of a function. It returns what went wrong, or an empty text.',
  'func checkSamples(name string) string {',
  '\tswitch name {',
  ...functions.flatMap((each) => [
    `\tcase ${goString(each.name)}:`,
    '\t\treturn firstOf(',
    ...indented(
      each.versions.flatMap((version) =>
        (['request', 'response'] as const).map((side) => {
          const type = names.typeName(version[side]);
          return `roundTrip("${side} of version ${version.version}", ${goString(version.sample[side])}, decode${type}, encode${type}),`;
        }),
      ),
      3,
    ),
    '\t\t)',
  ]),
  '\t}',
  '\treturn ""',
  '}',
];
