import { meterModule, type MeteredModule } from '../meter-module.ts';
import type { MeteringLimits } from '../metering-limits.ts';
import { DEFAULT_LIMITS } from './default-limits.ts';
import { createMeteredHost, type MeteredHost } from './metered-host.ts';
import { assemble } from './text-format.ts';

/** A budget that no test means to use up. */
export const PLENTY = { fuel: Number.MAX_SAFE_INTEGER, deadlineMs: 60_000 } as const;

/** Meters text or bytes; throws where the module is refused. */
export const meter = (source: string | Uint8Array, limits: Partial<MeteringLimits> = {}): MeteredModule => {
  const bytes = typeof source === 'string' ? assemble(source) : source;
  const result = meterModule(bytes, { ...DEFAULT_LIMITS, ...limits });
  if (!result.ok) throw new Error(`${result.code}: ${result.message}`);
  return result;
};

/** Meters and refuses: gives the code and the message. */
export const refusal = (
  source: string | Uint8Array,
  limits: Partial<MeteringLimits> = {},
): readonly [string, string] => {
  const bytes = typeof source === 'string' ? assemble(source) : source;
  const result = meterModule(bytes, { ...DEFAULT_LIMITS, ...limits });
  return result.ok ? ['accepted', ''] : [result.code, result.message];
};

type GuestExports = Record<string, (...args: unknown[]) => unknown>;

export interface Guest {
  readonly host: MeteredHost;
  readonly instance: WebAssembly.Instance;
  readonly exports: GuestExports;
  readonly memory: WebAssembly.Memory;
}

/** Meters, instantiates, attaches to a host. */
export const createGuest = (
  source: string | Uint8Array,
  imports: WebAssembly.Imports = {},
  limits: Partial<MeteringLimits> = {},
  host: MeteredHost = createMeteredHost(),
): Guest => {
  const module = new WebAssembly.Module(meter(source, limits).bytes);
  const instance = new WebAssembly.Instance(module, imports);
  host.attach(instance);
  const exports = instance.exports as unknown as GuestExports;
  return { host, instance, exports, memory: instance.exports['memory'] as WebAssembly.Memory };
};
