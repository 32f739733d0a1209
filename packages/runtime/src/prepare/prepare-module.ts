import {
  type MeteredFacts,
  meterInSteps,
  type MeterResult,
  type Validate,
} from '../metering/meter-module.ts';
import type { MeteringLimits } from '../metering/metering-limits.ts';
import type { NamespaceRename } from '../metering/module-layout.ts';
import type { MeteringCode } from '../metering/refusal.ts';
import type { Steps } from '../metering/steps.ts';
import type { Turns } from './turns.ts';

/** How a module is prepared. */
export interface PrepareOptions {
  readonly limits: MeteringLimits;
  readonly rename: NamespaceRename | undefined;
}

/** A metered and compiled module, or why it was refused. Can be posted to another thread. */
export type Prepared =
  | { readonly ok: true; readonly module: WebAssembly.Module; readonly metered: MeteredFacts }
  | { readonly ok: false; readonly code: MeteringCode; readonly message: string };

/** A prepared module, with the bytes that `warmModule` needs. */
export interface PreparedWithBytes {
  readonly prepared: Prepared;
  /** The bytes of the metered module; empty if it was refused. */
  readonly meteredBytes: Uint8Array<ArrayBuffer>;
}

/** Meters a module in turns and compiles it. The engine compiles its functions later: see `warmModule`. */
export const prepareModule = async (
  bytes: Uint8Array<ArrayBuffer>,
  { limits, rename }: PrepareOptions,
  turns: Turns,
  validate?: Validate,
): Promise<PreparedWithBytes> => {
  const result = await turns.run(meterInSteps(bytes, limits, rename, validate));
  if (!result.ok) return { prepared: result, meteredBytes: new Uint8Array() };
  const { ok: _, bytes: meteredBytes, ...metered } = result;
  const module = await compile(meteredBytes);
  return { prepared: module === undefined ? NOT_COMPILED : { ok: true, module, metered }, meteredBytes };
};

// The engine's own message would quote names from the module.
const NOT_COMPILED = {
  ok: false,
  code: 'invalid_module',
  message: 'the engine cannot compile the module: expected a valid module. Build it again',
} as const satisfies Exclude<MeterResult, { ok: true }>;

const compile = async (bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Module | undefined> => {
  try {
    return await WebAssembly.compile(bytes);
  } catch {
    return undefined;
  }
};

/** Validates on the engine's own threads. `WebAssembly.validate` would block this one. */
export const validateElsewhere: Validate = function* (bytes): Steps<boolean> {
  let isValid = true;
  yield WebAssembly.compile(bytes).catch(() => {
    isValid = false;
  });
  return isValid;
};
