import type { FallbackPolicy } from '@plugwire/wire';

import type { Language } from '../base/language.ts';

/**
 * What a language needs to know to write a kit: every type has a name, every name is words, and shapes that mean the same are one type.
 * The languages only choose how to spell it.
 */
export interface KitPlan {
  readonly language: Language;
  readonly plugin: PluginPlan;
  /** In the order of the contracts. Only those that the plugin implements. */
  readonly functions: readonly FunctionPlan[];
  /** Each named type once. A type stands after those that it holds, except in a cycle of recursive types. */
  readonly types: readonly NamedType[];
  /** The host functions that the plugin may call: those of its capabilities, and those that need none. */
  readonly hostFunctions: readonly HostFunctionPlan[];
  /** Sorted: the accept's `required_capabilities`. */
  readonly capabilities: readonly string[];
}

/** Who the plugin is: the identity section. */
export interface PluginPlan {
  readonly name: string;
  readonly version: string;
}

/** A name as words in lower case, each `[a-z0-9]+`, the first beginning with a letter. Languages join them in their own case. */
export type Words = readonly string[];

/** A function that the plugin implements. */
export interface FunctionPlan {
  /** The export, and the name in handshake and self-check. */
  readonly name: string;
  readonly description?: string;
  readonly fallback: FallbackPolicy;
  /** Ascending. Each has a handler that the author writes. */
  readonly versions: readonly VersionPlan[];
}

/** One version of a function: one handler, from request to response. */
export interface VersionPlan {
  readonly version: number;
  /** The name of the handler: the function's, with `v2` and so on behind it from version 2. */
  readonly words: Words;
  readonly request: NamedType;
  readonly response: NamedType;
  /** The contract's sample, as compact JSON without `_v`, keys in the order of the types: what encoding it must give again. */
  readonly sample: { readonly request: string; readonly response: string };
}

/** What a value is. Patterns, formats, lengths and refinements are the host's to check: a kit checks structure and numbers. */
export type TypePlan =
  | { readonly kind: 'string' | 'boolean' | 'null' | 'json' | 'json_object' }
  | IntegerPlan
  | NumberPlan
  | ConstantPlan
  | { readonly kind: 'list'; readonly element: TypePlan }
  | MapPlan
  | { readonly kind: 'nullable'; readonly inner: TypePlan }
  | { readonly kind: 'named'; readonly type: NamedType };

/** A whole number, in the narrowest of four machine types; the bounds may be narrower still, and are checked both ways. */
export interface IntegerPlan {
  readonly kind: 'integer';
  readonly width: 'i32' | 'u32' | 'i64' | 'u64';
  readonly minimum: bigint;
  readonly maximum: bigint;
}

/** A finite double. Bounds are included, unless the exclusive ones say otherwise. */
export interface NumberPlan {
  readonly kind: 'number';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/** A scalar with one value, as a required key of an object or a place of a tuple. It needs no field: it is checked and written. */
interface ConstantPlan {
  readonly kind: 'constant';
  readonly value: Scalar;
}

/** A value of an enum or a constant. */
export type Scalar = string | number | boolean | null;

/** An object with keys that the contract does not name. Order is kept; a key that comes twice is an error. */
interface MapPlan {
  readonly kind: 'map';
  readonly value: TypePlan;
  /** Only these keys fit. */
  readonly keys?: readonly string[];
  /** Each of `keys` must be there. */
  readonly isComplete: boolean;
}

/** A part of a plan while it is made. */
export type Draft<Type> = { -readonly [Key in keyof Type]: Type[Key] };

/** A type that gets a name. */
export type NamedType = ObjectType | TupleType | UnionType | EnumType;

interface Named {
  /** Unique among the types of a kit. */
  readonly words: Words;
  readonly description?: string;
  /** The host checks more than the type says. */
  readonly isRefined: boolean;
  /** The type holds itself, directly or through others: it needs an indirection where the language wants one. */
  readonly isRecursive: boolean;
}

/** An object with exactly these keys, written in this order. */
export interface ObjectType extends Named {
  readonly kind: 'object';
  readonly fields: readonly FieldPlan[];
}

/** A key of an object. */
export interface FieldPlan {
  /** The key on the wire: any text. */
  readonly key: string;
  /** Unique within the object. */
  readonly words: Words;
  readonly description?: string;
  /** The key may be missing, and nothing stands for it. False where there is a default. */
  readonly isOptional: boolean;
  /** Compact JSON that a reader takes where the key is missing. A writer always writes the key. */
  readonly defaultJson?: string;
  readonly type: TypePlan;
}

/** A JSON array with a type for each place, and one for any number of elements after those. */
export interface TupleType extends Named {
  readonly kind: 'tuple';
  readonly items: readonly TypePlan[];
  readonly rest?: TypePlan;
}

/** One of several types. */
export interface UnionType extends Named {
  readonly kind: 'union';
  /** The key whose text chooses the option. Without it, the first option that can be read is the one. */
  readonly discriminator?: string;
  readonly options: readonly OptionPlan[];
}

/** An option of a union. */
export interface OptionPlan {
  /** Unique within the union. */
  readonly words: Words;
  /** The values of the discriminator that choose this option. Empty without a discriminator. */
  readonly tags: readonly Scalar[];
  readonly type: TypePlan;
}

/** One of these scalars. */
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

/** How one value crosses to the host: a kind of `defineHostFunction`. Values of kind `json` have a type. */
export interface HostValuePlan {
  readonly kind: string;
  readonly type?: TypePlan;
}
