import type { EnumValue, HostFunctionPlan, KitPlan, NamedType, Words } from '../plan/kit-plan.ts';

/** Parts of names that Go writes in capitals. */
const INITIALISMS = new Set(
  'api cpu css dns html http https id ip json sql ssh tcp tls ttl udp ui uri url utf8 uuid xml'.split(' '),
);

/** Returns words as an exported name: `CacheScore`, `UserID`. */
export const camel = (words: Words): string =>
  words
    .map((word) =>
      INITIALISMS.has(word) ? word.toUpperCase() : `${word.charAt(0).toUpperCase()}${word.slice(1)}`,
    )
    .join('');

/** The names of a kit's types, values of enums and host functions. */
export interface GoNames {
  /** The prefix of the kit's exports: `kit.` outside of the package, empty inside. */
  readonly prefix: string;
  typeName(type: NamedType): string;
  /** The function that reads a message from JSON. */
  parserName(type: NamedType): string;
  valueName(value: EnumValue): string;
  hostFunctionName(host: HostFunctionPlan): string;
}

/** Names everything that is generated. A name that the sources in `runtime` already use gets an underscore at its end. */
export const createGoNames = (plan: KitPlan, runtime: readonly string[]): GoNames => {
  const taken = new Set(runtime.flatMap(exportedNames));
  const give = (wanted: string): string => {
    let name = wanted;
    while (taken.has(name)) name = `${name}_`;
    taken.add(name);
    return name;
  };
  const messages = plan.functions.flatMap(({ versions }) =>
    versions.flatMap(({ request, response }) => [request, response]),
  );
  // Messages come first, because authors use their names most.
  const types = new Map<NamedType, string>();
  for (const type of [...messages, ...plan.types])
    if (!types.has(type)) types.set(type, give(camel(type.words)));
  const parsers = new Map(messages.map((type) => [type, give(`Parse${types.get(type)}`)]));
  const hosts = new Map(plan.hostFunctions.map((host) => [host, give(camel(host.words))]));
  const values = new Map<EnumValue, string>();
  for (const type of plan.types)
    if (type.kind === 'enum')
      for (const value of type.values) values.set(value, give(camel([...type.words, ...value.words])));
  return {
    prefix: '',
    typeName: (type) => types.get(type) ?? '',
    parserName: (type) => parsers.get(type) ?? '',
    valueName: (value) => values.get(value) ?? '',
    hostFunctionName: (host) => hosts.get(host) ?? '',
  };
};

/** Returns the same names as used in other packages. */
export const fromOutside = (names: GoNames): GoNames => ({
  prefix: 'kit.',
  typeName: (type) => `kit.${names.typeName(type)}`,
  parserName: (type) => `kit.${names.parserName(type)}`,
  valueName: (value) => `kit.${names.valueName(value)}`,
  hostFunctionName: (host) => `kit.${names.hostFunctionName(host)}`,
});

/** Returns the exports of a Go source: types, functions, variables and constants. */
const exportedNames = (source: string): readonly string[] => {
  const single = [...source.matchAll(/^(?:func|type|var|const) ([A-Z]\w*)/gm)];
  const grouped = [...source.matchAll(/^const \(\n([\s\S]*?)^\)/gm)].flatMap(([, lines = '']) =>
    Array.from(lines.matchAll(/^\t([A-Z]\w*)/gm)),
  );
  return [...single, ...grouped, ['', 'Plugin']].map(([, name = '']) => name);
};
