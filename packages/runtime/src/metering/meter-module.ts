import { readU32 } from './byte-reader.ts';
import type { MeteringLimits } from './metering-limits.ts';
import type { ModuleLayout, NamespaceRename } from './module-layout.ts';
import { type MeteringCode, Refusal, refuse, refuseAbove } from './refusal.ts';
import type { Initialiser } from './reserved-names.ts';
import { rewriteModule } from './rewrite-module.ts';
import { CHANGE } from './note-change.ts';
import { scanModule } from './scan-module.ts';
import { runSteps, type Steps } from './steps.ts';
import { globalsBytes } from './state-helpers.ts';

/** An exported function of the original module. */
interface MeteredFunction {
  readonly name: string;
  /** Its type in the binary format: parameters, then results. `[0, 1, 0x7f]` is `() → i32`. */
  readonly signature: readonly number[];
}

/** An imported function, and the module it is imported from. */
interface MeteredImport extends MeteredFunction {
  readonly module: string;
}

/** An initialiser with its new name. Its parameters are types in the binary format. */
export interface MeteredInitialiser {
  readonly name: Initialiser;
  readonly exportedAs: string;
  readonly parameters: readonly number[];
}

/** The facts about a metered module that its host needs. */
export interface MeteredFacts {
  /** Whether the module has the export `METERED_EXPORTS.start`. The host calls it first, instead of the engine. */
  readonly start: boolean;
  /** Exported initialisers with their new names, in the order of the module. The host calls them. */
  readonly initialisers: readonly MeteredInitialiser[];
  /** Exported functions. Initialisers have their original names. */
  readonly exportedFunctions: readonly MeteredFunction[];
  readonly importedFunctions: readonly MeteredImport[];
  readonly memory: 'none' | 'imported' | 'defined';
  /** The number of functions that it defines. */
  readonly functions: number;
  /** The cost, as fuel, of compiling all functions whose first entry takes nothing off the slice. */
  readonly unchargedCompileWeight: number;
  /** Whether the engine may need more than four milliseconds to compile one of its functions. */
  readonly slowToCompile: boolean;
  /** Whether it has instructions that write to tables. */
  readonly writesTables: boolean;
  /** The number of bytes that `METERED_EXPORTS.storeGlobals` writes, or `undefined` if some mutable globals cannot be stored. */
  readonly globalsBytes: number | undefined;
}

/** A metered module and its facts. */
export interface MeteredModule extends MeteredFacts {
  readonly ok: true;
  /** The metered module. It is valid, and never shares memory with the caller's bytes. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** A module that was refused. */
interface RefusedModule {
  readonly ok: false;
  readonly code: MeteringCode;
  /** What was seen, what was expected, what to do. The only text of the module in it are names of functions that look like identifiers. */
  readonly message: string;
}

export type MeterResult = MeteredModule | RefusedModule;

/**
 * Rewrites a module so that it counts fuel, asks its host for more when it has none, and stops if it gets none. Never throws. A module is
 * refused, with a code of `METERING_CODES`, if any byte of it is not understood.
 *
 * The order of the steps matters for safety. The bytes are copied first, because a caller may change its bytes at any time. Limits are
 * checked before validation, because some modules are built to make validation slow. The original is validated before it is rewritten,
 * because a guest could otherwise refer by index to the functions that the rewrite appends, and refill its own fuel.
 */
export const meterModule = (
  source: Uint8Array,
  limits: MeteringLimits,
  renamedNamespace?: NamespaceRename,
): MeterResult => runSteps(meterInSteps(new Uint8Array(source), limits, renamedNamespace));

/** Returns whether the engine accepts a module. */
export type Validate = (bytes: Uint8Array<ArrayBuffer>) => Steps<boolean>;

// oxlint-disable-next-line require-yield -- the engine validates in one step
const validateAtOnce: Validate = function* (bytes) {
  return WebAssembly.validate(bytes);
};

/**
 * The same in short steps. The bytes must not change between steps. The longest step is the engine's validation. Pass `validate` to run it
 * elsewhere.
 */
export const meterInSteps = function* (
  bytes: Uint8Array<ArrayBuffer>,
  limits: MeteringLimits,
  renamedNamespace?: NamespaceRename,
  validate: Validate = validateAtOnce,
): Steps<MeterResult> {
  try {
    if (bytes.byteLength > limits.moduleBytes) {
      const seen = `a module of ${bytes.byteLength} bytes`;
      refuseAbove('module_too_large', seen, limits.moduleBytes, 'moduleBytes', 'strip it');
    }
    const layout = yield* scanModule(bytes, limits, renamedNamespace);
    if (!(yield* validate(bytes))) {
      refuse(
        'invalid_module',
        'this engine does not accept the module; expected one that validates; build it again',
      );
    }
    return describe(layout, yield* rewriteModule(layout, limits));
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, code: error.code, message: error.message };
    throw error;
  }
};

const describe = (layout: ModuleLayout, bytes: Uint8Array<ArrayBuffer>): MeteredModule => {
  const { bytes: original, imported } = layout;
  // A leading U+FEFF is part of a name. Without it, the name could be that of another export.
  const text = new TextDecoder('utf-8', { ignoreBOM: true });
  const textOf = (start: number, end: number): string => text.decode(original.subarray(start, end));
  const signatureOf = (functionIndex: number): number[] => {
    const type = layout.functionTypes[functionIndex]!;
    return [...original.subarray(layout.typeStarts[type], layout.typeEnds[type])];
  };
  return {
    ok: true,
    bytes,
    start: layout.start !== undefined,
    initialisers: layout.renamed.map(({ from, to, functionIndex }) => {
      return { name: from, exportedAs: to, parameters: parametersOf(layout, functionIndex) };
    }),
    exportedFunctions: layout.exportedFunctions.map(({ textStart, textEnd, functionIndex }) => ({
      name: textOf(textStart, textEnd),
      signature: signatureOf(functionIndex),
    })),
    importedFunctions: layout.importedFunctions.map((names, functionIndex) => ({
      module: textOf(names.moduleStart, names.moduleEnd),
      name: textOf(names.textStart, names.textEnd),
      signature: signatureOf(functionIndex),
    })),
    memory: imported.memories > 0 ? 'imported' : layout.memories.length > 0 ? 'defined' : 'none',
    functions: layout.functions.length,
    unchargedCompileWeight: layout.functions.reduce(
      (sum, { compileWeight, isSlowToCompile }) => (isSlowToCompile ? sum : sum + compileWeight),
      0,
    ),
    slowToCompile: layout.functions.some(({ compileWeight }) => compileWeight > SLOW_TO_COMPILE),
    writesTables: (layout.changes & CHANGE.tables) !== 0,
    globalsBytes: globalsBytes(layout),
  };
};

/** Four milliseconds in the unit of `compileWeight`. */
const SLOW_TO_COMPILE = 16_000;

const parametersOf = (layout: ModuleLayout, functionIndex: number): readonly number[] => {
  const type = layout.functionTypes[functionIndex]!;
  const reader = { bytes: layout.bytes, pos: layout.typeStarts[type]!, end: layout.typeEnds[type]! };
  const count = readU32(reader);
  return [...layout.bytes.subarray(reader.pos, reader.pos + count)];
};
