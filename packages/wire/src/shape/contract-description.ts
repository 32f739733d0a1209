import type { FallbackPolicy } from '../base/fallback-policy.ts';

/** The version of the JSON form of {@link ContractsDescription}. `readDescription` refuses any other. */
export const DESCRIPTION_VERSION = 1;

/** Any JSON value in a description. Integers beyond 2^53−1 are BigInts. */
export type DescribedJson =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly DescribedJson[]
  | { readonly [key: string]: DescribedJson };

/**
 * Contracts as they are on the wire, without TypeScript and zod. `plugwire contract export` writes this as one file for plugin authors.
 * Everything is in the order of the contracts' definitions, so two exports of the same contract are equal to the byte.
 */
export interface ContractsDescription {
  readonly plugwire: 'contracts';
  readonly descriptionVersion: typeof DESCRIPTION_VERSION;
  readonly contracts: readonly ContractDescription[];
  /** Host functions that a host declares besides the six of the protocol. */
  readonly hostFunctions: readonly HostFunctionDescription[];
}

/** One contract: a function that plugins can implement, in all its versions. */
export interface ContractDescription {
  /** The name of the plugin's export, in snake case. */
  readonly name: string;
  readonly description?: string;
  readonly fallback: FallbackPolicy;
  /** SHA-256, in hex, of the canonical JSON of the versions’ messages. Descriptions, names of types and samples do not change it. */
  readonly fingerprint: string;
  /** In ascending order, without gaps. */
  readonly versions: readonly VersionDescription[];
}

/** The two messages of one version, without `_v`, which the envelope adds. */
export interface VersionDescription {
  readonly version: number;
  readonly request: MessageDescription;
  readonly response: MessageDescription;
  /** One valid request and one valid response, in the form of the wire. */
  readonly sample: { readonly request: DescribedJson; readonly response: DescribedJson };
}

/** A message: an object, or a union of objects. */
export interface MessageDescription {
  readonly shape: Shape;
  /** Recursive shapes, by the name that a `reference` uses. */
  readonly definitions: Readonly<Record<string, Shape>>;
}

/** Marks a shape for which the host checks more than the description says. A value that fits the shape may still be refused. */
export interface RefinedNote {
  readonly refined?: true;
}

/** What every shape may have. */
interface ShapeNotes extends RefinedNote {
  /** The name that the contract’s author gave to the schema (`.meta({ id })`). Generated types use it. */
  readonly name?: string;
  /** The schema’s `.describe(…)` text. */
  readonly description?: string;
}

/** The form of a value on the wire. */
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
   * `optional`: the key may be missing. The reader then gets the `default` if there is one. `null` is not the same as missing: only a
   * `nullable` shape accepts it.
   */
  readonly presence: 'required' | 'optional';
  /** In the form of the wire. Only if `presence` is `optional`. */
  readonly default?: DescribedJson;
  readonly shape: Shape;
}

/** A JSON array whose elements all have the same shape. */
interface ListShape extends ShapeNotes {
  readonly kind: 'list';
  readonly element: Shape;
  readonly minLength?: number;
  readonly maxLength?: number;
}

/** A JSON array with a shape for each position, and `rest` for any number of elements after those. */
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
  /** Whether each key that the literal of `key` lists must be present. */
  readonly isComplete: boolean;
}

/** Text. Lengths count UTF-16 code units, as JavaScript does. */
export interface StringShape extends ShapeNotes {
  readonly kind: 'string';
  readonly minLength?: number;
  readonly maxLength?: number;
  /** The name of a format, such as `uuid`, `base64` or `date-time`. */
  readonly format?: string;
  /** The source of a JavaScript regular expression that the text must match. */
  readonly pattern?: string;
}

/** A whole number. Bounds are inclusive, and BigInts if they are beyond 2^53−1. */
export interface IntegerShape extends ShapeNotes {
  readonly kind: 'integer';
  readonly minimum: number | bigint;
  readonly maximum: number | bigint;
}

/** A finite number. `minimum` and `maximum` are inclusive. */
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
  /** A key with a different literal in each option. Without it, the first option that fits is used. */
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

/** The shape with this name in the message’s `definitions`. */
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

/** A parameter or result of a host function: a kind of `defineHostFunction`, and a shape if the kind is JSON. */
export interface HostValueDescription {
  readonly kind: string;
  readonly shape?: Shape;
}
