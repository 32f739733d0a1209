import type { EnumType, EnumValue, HostFunctionPlan, KitPlan, NamedType, Words } from '../plan/kit-plan.ts';

/** Parts of names that Go writes in capitals. */
const INITIALISMS = new Set(
  'api cpu css dns html http https id ip json sql ssh tcp tls ttl udp ui uri url utf8 uuid xml'.split(' '),
);

/** Words as an exported name. */
export const camel = (words: Words): string =>
  words
    .map((word) =>
      INITIALISMS.has(word) ? word.toUpperCase() : `${word.charAt(0).toUpperCase()}${word.slice(1)}`,
    )
    .join('');

/** What the kit of a plan calls its types, values of enums and host functions. */
export interface GoNames {
  /** In front of what the kit exports: `kit.` outside of the package. */
  readonly prefix: string;
  typeName(type: NamedType): string;
  valueName(type: EnumType, value: EnumValue): string;
  hostFunctionName(host: HostFunctionPlan): string;
}

/** Gives names to everything that is generated. What the kit's own sources use already gets an underscore behind it. */
export const createGoNames = (plan: KitPlan, runtime: readonly string[]): GoNames => {
  const taken = new Set(runtime.flatMap(exportedNames));
  const names = new Map<object, string>();
  const give = (key: object, wanted: string): void => {
    let name = wanted;
    while (taken.has(name)) name = `${name}_`;
    taken.add(name);
    names.set(key, name);
  };
  for (const type of plan.types) give(type, camel(type.words));
  for (const name of [...taken].filter((each) => each.endsWith('Request') || each.endsWith('Response')))
    taken.add(`Parse${name}`);
  for (const host of plan.hostFunctions) give(host, camel(host.words));
  for (const type of plan.types)
    if (type.kind === 'enum')
      for (const value of type.values) give(value, camel([...type.words, ...value.words]));
  const nameOf = (key: object): string => names.get(key) ?? '';
  return {
    prefix: '',
    typeName: nameOf,
    valueName: (_type, value) => nameOf(value),
    hostFunctionName: nameOf,
  };
};

/** The same names, as a package beside the kit spells them. */
export const fromOutside = (names: GoNames): GoNames => ({
  prefix: 'kit.',
  typeName: (type) => `kit.${names.typeName(type)}`,
  valueName: (type, value) => `kit.${names.valueName(type, value)}`,
  hostFunctionName: (host) => `kit.${names.hostFunctionName(host)}`,
});

/** What a Go source exports: types, functions, variables and constants. */
const exportedNames = (source: string): readonly string[] => {
  const single = [...source.matchAll(/^(?:func|type|var|const) ([A-Z]\w*)/gm)];
  const grouped = [...source.matchAll(/^const \(\n([\s\S]*?)^\)/gm)].flatMap(([, lines = '']) =>
    Array.from(lines.matchAll(/^\t([A-Z]\w*)/gm)),
  );
  return [...single, ...grouped, ['', 'Plugin']].map(([, name = '']) => name);
};
