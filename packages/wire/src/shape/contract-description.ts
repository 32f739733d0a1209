import type { FallbackPolicy } from '../base/fallback-policy.ts';

/** The version of the JSON form of {@link ContractsDescription}. A reader refuses any other. */
export const DESCRIPTION_VERSION = 1;

/** Any JSON value, as it is written into a description. Integers beyond 2^53−1 are BigInts. */
export type DescribedJson =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly DescribedJson[]
  | { readonly [key: string]: DescribedJson };

/**
 * Contracts in terms of the wire, without TypeScript and without zod: what a plugin author needs, in one file. `plugwire contract export`
 * writes it. The order of everything is that of the contracts' own definitions, so two exports of one contract are equal to the byte.
 */
export interface ContractsDescription {
  readonly plugwire: 'contracts';
  readonly descriptionVersion: typeof DESCRIPTION_VERSION;
  readonly contracts: readonly ContractDescription[];
  /** Host functions that a host declares besides the six of the protocol. */
  readonly hostFunctions: readonly HostFunctionDescription[];
}

/** One contract: a function that plugins may implement, in all its versions. */
export interface ContractDescription {
  /** The export of the plugin, in snake case. */
  readonly name: string;
  readonly description?: string;
  readonly fallback: FallbackPolicy;
  /** SHA-256, in hex, of the canonical JSON of the versions’ messages. Descriptions, names of types and samples do not change it. */
  readonly fingerprint: string;
  /** Ascending, without gaps. */
  readonly versions: readonly VersionDescription[];
}

/** The two messages of one version, without `_v`, which the envelope adds. */
export interface VersionDescription {
  readonly version: number;
  readonly request: MessageDescription;
  readonly response: MessageDescription;
  /** One valid message each way, as it is on the wire. */
  readonly sample: { readonly request: DescribedJson; readonly response: DescribedJson };
}

/** A message: an object, or a union of objects. */
export interface MessageDescription {
  readonly shape: Shape;
  /** Shapes that refer to themselves, by the name that a `reference` gives. */
  readonly definitions: Readonly<Record<string, Shape>>;
}

/** The host checks more than the description can say (a refinement). A value that fits the shape may still be refused. */
export interface RefinedNote {
  readonly refined?: true;
}

/** What every shape may say about itself. */
interface ShapeNotes extends RefinedNote {
  /** A name that the contract’s author gave to the schema (`.meta({ id })`): generated types use it. */
  readonly name?: string;
  /** The schema’s `.describe(…)` text. */
  readonly description?: string;
}

/** What a value looks like on the wire. */
export type Shape =
  | ObjectShape
  | ListShape
  | TupleShape
  | RecordShape
  | StringShape
  | IntegerShape
  | NumberShape
  | LiteralShape
  | UnionShape
  | NullableShape
  | IntersectionShape
  | ReferenceShape
  | PlainShape;

/** An object with exactly these keys, written in this order. */
export interface ObjectShape extends ShapeNotes {
  readonly kind: 'object';
  readonly members: readonly MemberDescription[];
}

/** One key of an object. */
export interface MemberDescription {
  readonly key: string;
  readonly description?: string;
  /**
   * `optional`: the key may be missing. With a `default`, the reader then sees that value; without one, nothing. `null` is a value of its
   * own: only a `nullable` shape takes it.
   */
  readonly presence: 'required' | 'optional';
  /** On the wire’s terms. Only with presence `optional`. */
  readonly default?: DescribedJson;
  readonly shape: Shape;
}

/** A JSON array of equal elements. */
interface ListShape extends ShapeNotes {
  readonly kind: 'list';
  readonly element: Shape;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** A JSON array with a shape for each place; `rest` for any number of elements after those. */
interface TupleShape extends ShapeNotes {
  readonly kind: 'tuple';
  readonly items: readonly Shape[];
  readonly rest?: Shape;
}

/** An object with any keys that fit `key`. */
interface RecordShape extends ShapeNotes {
  readonly kind: 'record';
  /** A string, or a literal of strings. */
  readonly key: Shape;
  readonly value: Shape;
  /** Each key that the literal of `key` lists must be there. */
  readonly isComplete: boolean;
}

/** Text. Lengths count UTF-16 code units, as JavaScript does. */
export interface StringShape extends ShapeNotes {
  readonly kind: 'string';
  readonly minLength?: number;
  readonly maxLength?: number;
  /** The name of a format, such as `uuid`, `base64` or `date-time`. */
  readonly format?: string;
  /** The source of a JavaScript regular expression that the text matches. */
  readonly pattern?: string;
}

/** A whole number. Bounds are included, and BigInts where they are beyond 2^53−1. */
export interface IntegerShape extends ShapeNotes {
  readonly kind: 'integer';
  readonly minimum: number | bigint;
  readonly maximum: number | bigint;
}

/** A finite number. Bounds are included unless the exclusive ones say otherwise. */
export interface NumberShape extends ShapeNotes {
  readonly kind: 'number';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** One of these scalars: an enum, or a single literal. */
export interface LiteralShape extends ShapeNotes {
  readonly kind: 'literal';
  readonly values: readonly (string | number | boolean | null)[];
}

/** One of several shapes. */
export interface UnionShape extends ShapeNotes {
  readonly kind: 'union';
  /** A key with a different literal in each option. Without it, the first option that fits is the one. */
  readonly discriminator?: string;
  readonly options: readonly Shape[];
}

/** The inner shape, or `null`. */
interface NullableShape extends ShapeNotes {
  readonly kind: 'nullable';
  readonly inner: Shape;
}

/** A value that fits both shapes. */
interface IntersectionShape extends ShapeNotes {
  readonly kind: 'intersection';
  readonly parts: readonly [Shape, Shape];
}

/** The shape that the message’s `definitions` hold under this name. */
interface ReferenceShape extends ShapeNotes {
  readonly kind: 'reference';
  readonly to: string;
}

/** `json` is any JSON value, `json_object` any JSON object. Nothing fits `never`. */
interface PlainShape extends ShapeNotes {
  readonly kind: 'boolean' | 'null' | 'json' | 'json_object' | 'never';
}

/** A host function that a host declares, for plugins built with a kit. */
export interface HostFunctionDescription {
  readonly name: string;
  readonly namespace: string;
  readonly capability?: string;
  readonly description?: string;
  readonly parameters: readonly HostValueDescription[];
  readonly result?: HostValueDescription;
}

/** How one value crosses between guest and host: the kinds of `defineHostFunction`, and the shape of JSON ones. */
export interface HostValueDescription {
  readonly kind: string;
  readonly shape?: Shape;
}
