import type { MemberDescription, MessageDescription, Shape } from '@plugwire/wire';

import type { Language } from '../base/language.ts';
import { PdkError } from '../base/pdk-error.ts';
import { compactJson } from './compact-json.ts';
import { enumValues } from './enum-values.ts';
import { intersect } from './intersect.ts';
import type {
  Draft,
  EnumType,
  FieldPlan,
  NamedType,
  ObjectType,
  OptionPlan,
  TupleType,
  TypePlan,
  UnionType,
  Words,
} from './kit-plan.ts';
import { planInteger } from './plan-integer.ts';
import { createNames, singularOf, wordsOf } from './words.ts';

/** Turns shapes into types and gives each type a name. Use one planner for a whole kit: equal shapes then become one type. */
export interface TypePlanner {
  /** Reserves the name of a message. Reserve the names of all messages before you plan the first. */
  reserve(words: Words): void;
  /** Returns the type of a message, under its reserved name. `place` is the beginning of places in errors, such as `greet 1, request`. */
  planMessage(words: Words, message: MessageDescription, place: string): NamedType;
  /** Returns the type of a value that is not a message. */
  planValue(words: Words, shape: Shape, place: string): TypePlan;
  /** All named types so far, each after the types that it contains. */
  readonly types: readonly NamedType[];
}

/** The position of a shape. It determines the name of its type and the meaning of its references. */
interface Site {
  /** The name of the type that contains the shape. */
  readonly parent: Words;
  /** The name of the shape within that type. */
  readonly own: Words;
  readonly definitions: Readonly<Record<string, Shape>>;
  /** The place in the message, for errors: `greet 1, request.name`. */
  readonly place: string;
}

/** Names that languages or kits use for something else. A type with such a name is prefixed with the name of its parent. */
const TAKEN = new Set(
  'array bool boolean box bytes char context date double error exception field float function handler host i32 i64 int integer json kit list map none null number object option plugin reader record result self slice some static string struct symbol text tuple type u32 u64 union value variant vec void writer'.split(
    ' ',
  ),
);

/** Creates a planner. Its methods throw {@link PdkError} `unsupported_shape`; the message names the place and the language. */
export const createTypePlanner = (language: Language): TypePlanner => {
  const types: NamedType[] = [];
  const known = new Map<string, NamedType>();
  const reserved = new Map<string, Words>();
  const take = createNames();

  const refuse = (site: Site, seen: string): never => {
    throw new PdkError(
      'unsupported_shape',
      `${site.place}: ${seen}, which a kit in ${language} cannot express. Change the contract there, or leave the function out with \`functions\`.`,
    );
  };

  const inside = (site: Site, parent: Words, own: Words, step: string): Site => ({
    definitions: site.definitions,
    parent,
    own,
    place: `${site.place}${step}`,
  });

  /** The name of a type: the name of its schema, else the name of its key if that is free, else the names of its parent and its key. */
  const nameOf = (site: Site, shape: Shape): Words => {
    if (shape.name !== undefined) return take(wordsOf(shape.name, 'type'));
    const isFree = !(site.own.length === 1 && TAKEN.has(site.own[0] ?? '')) && !used.has(site.own.join(''));
    return note(take(isFree ? site.own : [...site.parent, ...site.own]));
  };
  const used = new Set<string>();
  const note = (words: Words): Words => {
    used.add(words.join(''));
    return words;
  };

  /** Makes one named type for each shape. `fill` plans its parts. The type is registered first, because its parts may refer to it. */
  const named = <Type extends NamedType>(
    site: Site,
    shape: Shape,
    begin: Omit<Type, 'words' | 'isRefined' | 'isRecursive' | 'description'>,
    fill: (type: Draft<Type>) => void,
    words?: Words,
  ): Type => {
    const key = `${begin.kind} ${identityOf(shape, site.definitions)}`;
    const found = words === undefined ? known.get(key) : undefined;
    if (found !== undefined) return found as Type;
    const type = {
      ...begin,
      words: words ?? nameOf(site, shape),
      ...(shape.description === undefined ? {} : { description: shape.description }),
      isRefined: shape.refined === true,
      isRecursive: false,
    } as unknown as Draft<Type>;
    if (words === undefined) known.set(key, type as Type);
    fill(type);
    types.push(type as Type);
    return type;
  };

  const planField = (
    site: Site,
    type: Draft<ObjectType>,
    member: MemberDescription,
    words: Words,
  ): FieldPlan => {
    const { key, shape, presence, description = shape.description } = member;
    const at = inside(site, type.words, wordsOf(key, 'field'), `.${key}`);
    return {
      key,
      words,
      ...(description === undefined ? {} : { description }),
      isOptional: presence === 'optional' && member.default === undefined,
      ...(member.default === undefined ? {} : { defaultJson: compactJson(member.default) }),
      type: plan(at, shape, presence === 'required'),
    };
  };

  const planNamed = (site: Site, shape: Shape, words?: Words): NamedType => {
    if (shape.kind === 'object')
      return named<ObjectType>(
        site,
        shape,
        { kind: 'object', fields: [] },
        (type) => {
          const nameField = createNames();
          type.fields = shape.members
            // A key of kind `never` is never present.
            .filter((member) => !(member.presence === 'optional' && member.shape.kind === 'never'))
            .map((member) => planField(site, type, member, nameField(wordsOf(member.key, 'field'))));
        },
        words,
      );
    if (shape.kind === 'tuple')
      return named<TupleType>(
        site,
        shape,
        { kind: 'tuple', items: [] },
        (type) => {
          type.items = shape.items.map((item, at) =>
            plan(inside(site, type.words, ['item', String(at)], `[${at}]`), item, true),
          );
          if (shape.rest !== undefined)
            type.rest = plan(inside(site, type.words, ['rest'], '[…]'), shape.rest, false);
        },
        words,
      );
    if (shape.kind === 'literal')
      return named<EnumType>(
        site,
        shape,
        { kind: 'enum', values: enumValues(shape.values) },
        () => undefined,
        words,
      );
    if (shape.kind === 'union')
      return named<UnionType>(
        site,
        shape,
        {
          kind: 'union',
          options: [],
          ...(shape.discriminator === undefined ? {} : { discriminator: shape.discriminator }),
        },
        (type) => {
          const nameOption = createNames();
          type.options = flatten(shape.options, shape.discriminator).map((option, at) => {
            const tags = shape.discriminator === undefined ? [] : tagsOf(option, shape.discriminator, site);
            const words_ = nameOption(optionWords(option, tags, at));
            const inner = plan(inside(site, type.words, words_, ''), option, false);
            return { words: words_, tags, type: inner } satisfies OptionPlan;
          });
        },
        words,
      );
    // A recursive schema of another kind, such as a list of itself. It needs a name, so it becomes a union with one option.
    return named<UnionType>(
      site,
      shape,
      { kind: 'union', options: [] },
      (type) => {
        type.options = [
          {
            words: ['content'],
            tags: [],
            type: plan(inside(site, type.words, ['content'], ''), shape, false),
          },
        ];
      },
      words,
    );
  };

  /** Plans any shape. With `isBare`, a literal with one value becomes a constant, which needs no field. */
  const plan = (site: Site, shape: Shape, isBare: boolean): TypePlan => {
    if (shape.kind === 'integer')
      return (
        planInteger(shape) ??
        refuse(site, `an integer from ${shape.minimum} to ${shape.maximum}, wider than 64 bits`)
      );
    if (shape.kind === 'number') {
      const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = shape;
      return { kind: 'number', minimum, maximum, exclusiveMinimum, exclusiveMaximum } as TypePlan;
    }
    if (shape.kind === 'list')
      return {
        kind: 'list',
        element: plan(inside(site, site.parent, singularOf(site.own), '[…]'), shape.element, false),
      };
    if (shape.kind === 'record')
      return {
        kind: 'map',
        value: plan(inside(site, site.parent, singularOf(site.own), '.*'), shape.value, false),
        ...(shape.key.kind === 'literal' ? { keys: shape.key.values.map(String) } : {}),
        isComplete: shape.isComplete,
      };
    if (shape.kind === 'nullable') return { kind: 'nullable', inner: plan(site, shape.inner, false) };
    if (shape.kind === 'intersection') {
      const both = intersect(shape.parts, site.definitions);
      return both === undefined
        ? refuse(site, 'an intersection of shapes that are not objects')
        : plan(site, both, isBare);
    }
    if (shape.kind === 'reference') return { kind: 'named', type: planReference(site, shape.to) };
    if (shape.kind === 'literal' && isBare && shape.values.length === 1)
      return { kind: 'constant', value: shape.values[0] ?? null };
    if (shape.kind === 'never') return refuse(site, 'a shape that accepts no value');
    if (
      shape.kind === 'object' ||
      shape.kind === 'tuple' ||
      shape.kind === 'union' ||
      shape.kind === 'literal'
    )
      return { kind: 'named', type: planNamed(site, shape) };
    return { kind: shape.kind };
  };

  const planReference = (site: Site, to: string): NamedType => {
    const shape = site.definitions[to];
    if (shape === undefined) return refuse(site, `a reference to "${to}", which is not defined`);
    return planNamed(
      { ...site, own: wordsOf(to, 'type') },
      shape.name === undefined ? { ...shape, name: to } : shape,
    );
  };

  /** The values of the discriminator that select an option. */
  const tagsOf = (option: Shape, discriminator: string, site: Site): OptionPlan['tags'] => {
    if (option.kind === 'reference')
      return tagsOf(site.definitions[option.to] ?? { kind: 'never' }, discriminator, site);
    if (option.kind === 'union') return option.options.flatMap((inner) => tagsOf(inner, discriminator, site));
    if (option.kind === 'intersection') {
      const both = intersect(option.parts, site.definitions);
      return both === undefined ? [] : tagsOf(both, discriminator, site);
    }
    const key =
      option.kind === 'object' ? option.members.find((member) => member.key === discriminator) : undefined;
    return key?.shape.kind === 'literal'
      ? key.shape.values
      : refuse(site, `an option whose key "${discriminator}" is not a literal`);
  };

  return {
    reserve: (words) => {
      reserved.set(words.join(' '), note(take(words)));
    },
    planMessage: (words, { shape, definitions }, place) => {
      const name = reserved.get(words.join(' ')) ?? words;
      const site: Site = { parent: name, own: name, definitions, place };
      const root =
        shape.kind === 'intersection'
          ? (intersect(shape.parts, definitions) ??
            refuse(site, 'an intersection of shapes that are not objects'))
          : shape.kind === 'reference'
            ? (definitions[shape.to] ?? refuse(site, `a reference to "${shape.to}"`))
            : shape;
      return planNamed(site, root, name);
    },
    planValue: (words, shape, place) =>
      plan({ parent: words, own: words, definitions: {}, place }, shape, false),
    types,
  };
};

/** A key that is equal for shapes that become one type. Descriptions do not count. Shapes with references include all definitions. */
const identityOf = (shape: Shape, definitions: Readonly<Record<string, Shape>>): string => {
  const text = identityText(shape);
  return text.includes('"reference"') ? `${text} ${identityText(definitions)}` : text;
};

const identityText = (value: unknown): string =>
  JSON.stringify(value, (key, part: unknown) => {
    if (key === 'description' && typeof part === 'string') return undefined;
    return typeof part === 'bigint' ? `${part}n` : part;
  });

/** The options of a union, including those of nested unions with the same discriminator. */
const flatten = (options: readonly Shape[], discriminator: string | undefined): readonly Shape[] =>
  options.flatMap((option) =>
    option.kind === 'union' && option.discriminator === discriminator
      ? flatten(option.options, discriminator)
      : [option],
  );

const optionWords = (option: Shape, tags: OptionPlan['tags'], at: number): Words => {
  const [tag] = tags;
  if (tag !== undefined) return wordsOf(String(tag), 'tag');
  if (option.kind === 'reference') return wordsOf(option.to, 'option');
  if (option.name !== undefined) return wordsOf(option.name, 'option');
  return option.kind === 'object' ||
    option.kind === 'union' ||
    option.kind === 'tuple' ||
    option.kind === 'literal'
    ? ['option', String(at + 1)]
    : wordsOf(option.kind, 'option');
};
