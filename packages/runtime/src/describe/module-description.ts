import type { PluginIdentity } from '@plugwire/wire';

import type { LoadCode } from '../outcomes/load-error.ts';
import type { MeteringCode } from '../metering/refusal.ts';

/** Proposals after WebAssembly 1.0, under the names that toolchains use in the section `target_features`. */
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

/** The kind of an import or export. */
export type ExternKind = 'function' | 'table' | 'memory' | 'global' | 'tag';

/**
 * Who provides an import. `extism`: Extism's kernel. `wasi`: WASI preview 1. `protocol`: one of the protocol's six functions. `host`: only
 * a host function of your own.
 */
export type ImportProvider = 'extism' | 'wasi' | 'protocol' | 'host';

/** One import of a module. */
export interface ImportDescription {
  readonly namespace: string;
  readonly name: string;
  readonly kind: ExternKind;
  /** The type of a function, such as `(i64, i64) -> i64`. `undefined` for imports that are not functions. */
  readonly signature: string | undefined;
  readonly provider: ImportProvider;
  /** The capability that a plugin needs to call this function of the protocol. `undefined` if it needs none. */
  readonly capability: string | undefined;
}

/** One export of a module. */
export interface ExportDescription {
  readonly name: string;
  readonly kind: ExternKind;
  /** The type of a function, such as `(i64, i64) -> i64`. `undefined` for exports that are not functions. */
  readonly signature: string | undefined;
}

/** Size of a memory, in pages of 64 KiB, or of a table, in elements. */
export interface LimitsDescription {
  readonly from: 'imported' | 'defined';
  readonly minimum: number;
  /** `undefined` if the module declares no maximum. */
  readonly maximum: number | undefined;
}

/** A section of a module, with its size in bytes. */
export interface SectionDescription {
  /** The name of a custom section, or the specification's name for any other section, such as `code`. */
  readonly name: string;
  readonly isCustom: boolean;
  readonly bytes: number;
}

/** A tool that built the module, from its section `producers`. */
export interface ProducerDescription {
  /** `language`, `processed-by` or `sdk`. */
  readonly field: string;
  readonly name: string;
  readonly version: string;
}

/** The plugin's identity, or why it is refused. */
export type IdentityDescription =
  | { readonly ok: true; readonly identity: PluginIdentity }
  | { readonly ok: false; readonly code: LoadCode<'identity'>; readonly message: string };

/** The size of the metered module in bytes, or why metering refuses it. Uses the default limits. */
export type MeteringDescription =
  | { readonly ok: true; readonly bytes: number }
  | { readonly ok: false; readonly code: MeteringCode; readonly message: string };

/** A module as {@link describeModule} sees it, without running it. Sizes are in bytes. */
export interface ModuleDescription {
  readonly bytes: number;
  /** SHA-256 of the bytes, in hex. */
  readonly sha256: string;
  readonly identity: IdentityDescription;
  readonly imports: readonly ImportDescription[];
  readonly exports: readonly ExportDescription[];
  /** Number of functions that the module defines. */
  readonly functions: number;
  readonly memories: readonly LimitsDescription[];
  readonly tables: readonly LimitsDescription[];
  readonly hasStart: boolean;
  /** The features that its instructions and declarations use. The search ends at the first unknown instruction. */
  readonly features: readonly WasmFeature[];
  /** The features that its toolchain lists in the section `target_features`. */
  readonly targetFeatures: readonly string[];
  readonly sections: readonly SectionDescription[];
  readonly producers: readonly ProducerDescription[];
  /** Parts that only debuggers need. A release build can leave them out. */
  readonly debugInfo: {
    /** Size of the sections `.debug_*`, `sourceMappingURL` and `external_debug_info`. */
    readonly bytes: number;
    /** Size of the section `name`, which holds the function names that stack traces show. */
    readonly nameBytes: number;
  };
  /** The share of instructions that only move locals, from 0 to 1. Above 0.5 the module is probably not optimised. */
  readonly localMoves: number;
  readonly metering: MeteringDescription;
}

/** A description, or a message that says what the bytes are and what to do. */
export type ModuleDescribed =
  | { readonly ok: true; readonly module: ModuleDescription }
  | { readonly ok: false; readonly message: string };
