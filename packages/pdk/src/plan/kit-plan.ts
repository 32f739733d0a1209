import type { FallbackPolicy } from '@plugwire/wire';

import type { Language } from '../base/language.ts';

/**
 * The input of a language's code generator. Every type has a name, every name is a list of words, and equal shapes are one type. A language
 * decides only the spelling.
 */
export interface KitPlan {
  readonly language: Language;
  readonly plugin: PluginPlan;
  /** The functions that the plugin implements, in the order of the contracts. */
  readonly functions: readonly FunctionPlan[];
  /** The named types, each once. A type comes after the types that it contains, except in a cycle of recursive types. */
  readonly types: readonly NamedType[];
  /** The host functions that the plugin may call: those of its capabilities, and those that need no capability. */
  readonly hostFunctions: readonly HostFunctionPlan[];
  /** The `required_capabilities` of the handshake's answer, sorted. */
  readonly capabilities: readonly string[];
}

/** The identity of a plugin, as in its identity section. */
export interface PluginPlan {
  /** Matches `^[a-z][a-z0-9_-]*$`. At most 64 bytes. */
  readonly name: string;
  /** Any text of 1 to 32 bytes. */
  readonly version: string;
}

/** A name as words in lower case. Each matches `[a-z0-9]+`; the first begins with a letter. Languages join them in their own case. */
export type Words = readonly string[];

/** A function that the plugin implements. */
export interface FunctionPlan {
  /** The name of the export, also used in handshake and self-check. */
  readonly name: string;
  readonly description?: string;
  readonly fallback: FallbackPolicy;
  /** In ascending order. The author writes one handler for each. */
  readonly versions: readonly VersionPlan[];
}

/** A version of a function. It has one handler, which takes the request and returns the response. */
export interface VersionPlan {
  readonly version: number;
  /** The name of the handler: the name of the function, followed by `v2`, `v3` and so on after version 1. */
  readonly words: Words;
  readonly request: NamedType;
  readonly response: NamedType;
  /** The contract's sample as compact JSON without `_v`, keys in the order of the types. Decoding and encoding it must give the same text. */
  readonly sample: { readonly request: string; readonly response: string };
}

/** The type of a value. A kit checks structure and numbers. The host checks patterns, formats, lengths and refinements. */
export type TypePlan =
  | { readonly kind: 'string' | 'boolean' | 'null' | 'json' | 'json_object' }
  | IntegerPlan
  | NumberPlan
  | ConstantPlan
  | { readonly kind: 'list'; readonly element: TypePlan }
  | MapPlan
  | { readonly kind: 'nullable'; readonly inner: TypePlan }
  | { readonly kind: 'named'; readonly type: NamedType };

/** A whole number, in the narrowest of four machine types. The bounds may be narrower; reading and writing check them. */
export interface IntegerPlan {
  readonly kind: 'integer';
  readonly width: 'i32' | 'u32' | 'i64' | 'u64';
  readonly minimum: bigint;
  readonly maximum: bigint;
}

/** A finite double. `minimum` and `maximum` are inclusive. */
export interface NumberPlan {
  readonly kind: 'number';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** A scalar with one value, for a required key of an object or an item of a tuple. It needs no field: the kit checks and writes it. */
interface ConstantPlan {
  readonly kind: 'constant';
  readonly value: Scalar;
}

/** The value of an enum or of a constant. */
export type Scalar = string | number | boolean | null;

/** An object with keys that the contract does not name. The order of keys is kept. Duplicate keys are an error. */
interface MapPlan {
  readonly kind: 'map';
  readonly value: TypePlan;
  /** The allowed keys. Without it, every key is allowed. */
  readonly keys?: readonly string[];
  /** Each of `keys` is required. */
  readonly isComplete: boolean;
}

/** A part of a plan that is still being filled in. */
export type Draft<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** A type that has a name. */
export type NamedType = ObjectType | TupleType | UnionType | EnumType;

interface Named {
  /** Unique among the types of a kit. */
  readonly words: Words;
  readonly description?: string;
  /** The host checks more than the type expresses. */
  readonly isRefined: boolean;
  /** The type contains itself, directly or through other types. Some languages need a pointer there. */
  readonly isRecursive: boolean;
}

/** An object with exactly these keys, written in this order. */
export interface ObjectType extends Named {
  readonly kind: 'object';
  readonly fields: readonly FieldPlan[];
}

/** A key of an object. */
export interface FieldPlan {
  /** The key in the JSON. It may be any text. */
  readonly key: string;
  /** Unique within the object. */
  readonly words: Words;
  readonly description?: string;
  /** The key may be missing and has no default. */
  readonly isOptional: boolean;
  /** The default as compact JSON: readers use it if the key is missing. Writers always write the key. */
  readonly defaultJson?: string;
  readonly type: TypePlan;
}

/** A JSON array with a type for each item, and optionally a type for any number of further items. */
export interface TupleType extends Named {
  readonly kind: 'tuple';
  readonly items: readonly TypePlan[];
  readonly rest?: TypePlan;
}

/** One of several types. */
export interface UnionType extends Named {
  readonly kind: 'union';
  /** The key whose value selects the option. Without it, readers take the first option that fits. */
  readonly discriminator?: string;
  readonly options: readonly OptionPlan[];
}

/** An option of a union. */
export interface OptionPlan {
  /** Unique within the union. */
  readonly words: Words;
  /** The values of the discriminator that select this option. Empty without a discriminator. */
  readonly tags: readonly Scalar[];
  readonly type: TypePlan;
}

/** One of several scalars. */
export interface EnumType extends Named {
  readonly kind: 'enum';
  readonly values: readonly EnumValue[];
}

/** A value of an enum. */
export interface EnumValue {
  readonly value: Scalar;
  /** Unique within the enum. */
  readonly words: Words;
}

/** A host function that the kit declares. */
export interface HostFunctionPlan {
  readonly name: string;
  readonly namespace: string;
  readonly words: Words;
  readonly description?: string;
  readonly parameters: readonly HostValuePlan[];
  readonly result?: HostValuePlan;
}

/** How a parameter or a result is passed: a kind of `defineHostFunction`. Values of kind `json` have a type. */
export interface HostValuePlan {
  readonly kind: string;
  readonly type?: TypePlan;
}
