import type { PluginIdentity } from '@plugwire/wire';

import type { LoadCode } from '../outcomes/load-error.ts';
import type { MeteringCode } from '../metering/refusal.ts';

/** Proposals beyond the first version of WebAssembly, by the names that toolchains use for them. */
export const WASM_FEATURES = [
  'bulk-memory',
  'exception-handling',
  'extended-const',
  'gc',
  'memory64',
  'multimemory',
  'multivalue',
  'mutable-globals',
  'nontrapping-fptoint',
  'reference-types',
  'relaxed-simd',
  'sign-ext',
  'simd128',
  'tail-call',
  'threads',
] as const;
/** One of {@link WASM_FEATURES}. */
export type WasmFeature = (typeof WASM_FEATURES)[number];

/** What a module imports or exports. */
export type ExternKind = 'function' | 'table' | 'memory' | 'global' | 'tag';

/** Who provides an import: Extism's kernel, WASI preview 1, the six functions of the protocol, or nobody but the host itself. */
export type ImportProvider = 'extism' | 'wasi' | 'protocol' | 'host';

/** One import of a module. */
export interface ImportDescription {
  readonly namespace: string;
  readonly name: string;
  readonly kind: ExternKind;
  /** The type of a function, such as `(i64, i64) -> i64`; `undefined` for what is not a function. */
  readonly signature: string | undefined;
  readonly provider: ImportProvider;
  /** What the plugin has to be granted before it may call this function of the protocol. */
  readonly capability: string | undefined;
}

/** One export of a module. */
export interface ExportDescription {
  readonly name: string;
  readonly kind: ExternKind;
  readonly signature: string | undefined;
}

/** A memory or a table: pages of 64 KiB, or elements. */
export interface LimitsDescription {
  readonly from: 'imported' | 'defined';
  readonly minimum: number;
  /** `undefined`: no maximum of its own. */
  readonly maximum: number | undefined;
}

/** A section of a module, with its size in bytes. */
export interface SectionDescription {
  /** The name of a custom section, or what the specification calls the others. */
  readonly name: string;
  readonly isCustom: boolean;
  readonly bytes: number;
}

/** A tool that took part in making a module, as its `producers` section says. */
export interface ProducerDescription {
  /** `language`, `processed-by` or `sdk`. */
  readonly field: string;
  readonly name: string;
  readonly version: string;
}

/** Who the module says it is, or why it does not say so. */
export type IdentityDescription =
  | { readonly ok: true; readonly identity: PluginIdentity }
  | { readonly ok: false; readonly code: LoadCode<'identity'>; readonly message: string };

/** What metering makes of the module at the default limits. */
export type MeteringDescription =
  | { readonly ok: true; readonly bytes: number }
  | { readonly ok: false; readonly code: MeteringCode; readonly message: string };

/** Everything that can be said about a module without running it. Sizes are in bytes. */
export interface ModuleDescription {
  readonly bytes: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
  readonly identity: IdentityDescription;
  readonly imports: readonly ImportDescription[];
  readonly exports: readonly ExportDescription[];
  /** How many functions it defines. */
  readonly functions: number;
  readonly memories: readonly LimitsDescription[];
  readonly tables: readonly LimitsDescription[];
  readonly hasStart: boolean;
  /** The features that its instructions and declarations use, as far as this version knows them. */
  readonly features: readonly WasmFeature[];
  /** The features that its toolchain lists in the section `target_features`. */
  readonly targetFeatures: readonly string[];
  readonly sections: readonly SectionDescription[];
  readonly producers: readonly ProducerDescription[];
  /** What is there only for debuggers. A release build needs none of it. */
  readonly debugInfo: {
    /** The sections `.debug_*` and those that refer to debug information elsewhere. */
    readonly bytes: number;
    /** The section `name`: the functions' names, which traces show. */
    readonly nameBytes: number;
  };
  /** The share of instructions that only move locals, from 0 to 1. Above 0.5 the module was hardly optimised. */
  readonly localMoves: number;
  readonly metering: MeteringDescription;
}

/** A description, or what the bytes are instead and what to do about it. */
export type ModuleDescribed =
  | { readonly ok: true; readonly module: ModuleDescription }
  | { readonly ok: false; readonly message: string };
