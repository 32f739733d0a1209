import { compileWat } from '@plugwire/pdk-fixtures';

import { guardSources } from '../../host-functions/host-sources.ts';
import type { LimitOptions } from '../../base/limits.ts';
import { resolveLimits } from '../../base/limits.ts';
import { compileModules } from '../../modules/compile-modules.ts';
import { readSource } from '../../modules/read-source.ts';
import { SILENT_LOG } from '../../observe/guest-log.ts';
import { PATIENT_LIMITS } from '../../testing/patient-limits.ts';
import { createGuest } from '../guest.ts';
import { createGuestService, type GuestServiceOptions } from '../guest-service.ts';
import { checkHostFunctions } from '../imports/host-function.ts';
import type { HostFunction } from '../../host-functions/define-host-function.ts';
import type { InstanceLog } from '../../observe/guest-log.ts';

export interface ServiceOptions extends GuestServiceOptions {
  readonly hostFunctions?: readonly HostFunction[];
  readonly limits?: LimitOptions;
  readonly log?: InstanceLog;
}

/** A service for a guest with WASI and without the protocol. */
export interface TestService {
  /** Calls a function. Returns the code of the failure, or `ok`. */
  call(name: string, input?: string): string;
  /** Calls a function. Returns its output as text, and throws if the call fails. */
  ask(name: string, input?: string): string | null;
  readonly memoryBytes: () => number;
}

/** Opens a service for modules in WebAssembly text, linked by name. A single text is the main module. */
export const openService = async (
  modules: string | Readonly<Record<string, string>>,
  { hostFunctions = [], limits, log = SILENT_LOG, ...options }: ServiceOptions = {},
): Promise<TestService> => {
  const named = typeof modules === 'string' ? { main: modules } : modules;
  const sources = Object.entries(named).map(async ([name, wat]) => ({ name, source: await compileWat(wat) }));
  const resolved = resolveLimits(PATIENT_LIMITS, limits);
  const guest = await createGuest({
    modules: await compileModules(
      await readSource({ modules: await Promise.all(sources) }, resolved),
      { ...resolved, shrinkableMemory: options.mode === 'per_call' },
      true,
    ),
    hostFunctions: checkHostFunctions(hostFunctions),
    sources: guardSources(),
    config: new Map(),
    limits: resolved,
    wasi: { args: [], env: {} },
  });
  const rights = { gate: () => undefined, log, caller: { plugin: undefined } };
  const service = createGuestService(await guest.instantiate(rights), options);
  const run = (name: string, input: string) =>
    service.call(name, input, resolved.forFunction(name), { read: (output) => output?.text() ?? null });
  return {
    call: (name, input = '') => {
      const result = run(name, input);
      return result.ok ? 'ok' : result.code;
    },
    ask: (name, input = '') => {
      const result = run(name, input);
      if (!result.ok) throw new Error(result.message);
      return result.answer;
    },
    memoryBytes: () => service.usage().memoryBytes,
  };
};
