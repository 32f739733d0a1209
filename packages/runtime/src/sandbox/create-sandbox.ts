import { types } from 'node:util';

import { PlugwireUsageError, showType } from '@plugwire/wire';

import { checkOptions } from '../check-options.ts';
import { compileModules } from '../load/compile-modules.ts';
import type { HostFunction } from '../host-functions/define-host-function.ts';
import { guardSources, type HostSources } from '../host-functions/host-sources.ts';
import type { LimitOptions } from '../limits.ts';
import { resolveLimits } from '../limits.ts';
import { createGuestLog } from '../observe/guest-log.ts';
import { checkLogger, type HostLogger } from '../observe/logger.ts';
import { inLoadLane } from '../prepare/module-preparer.ts';
import { parseConfig } from './parse-config.ts';
import { parseWasi, type WasiSettings } from '../wasi/parse-wasi.ts';
import type { PluginSource } from '../load/read-source.ts';
import { readSource } from '../load/read-source.ts';
import { callFailure } from './call-result.ts';
import { createGuest } from './guest.ts';
import { createGuestService } from './guest-service.ts';
import { checkHostFunctions } from './imports/host-function.ts';
import { SandboxError } from './sandbox-error.ts';

/** What a plugin without the protocol gets and may do. */
export interface SandboxOptions {
  /** What the guest reads by `config_get`. */
  readonly config?: Readonly<Record<string, string>>;
  /** What the guest may import; every function may run, there are no capabilities at this layer. */
  readonly hostFunctions?: readonly HostFunction[];
  readonly limits?: LimitOptions;
  /** Whether the guest gets WASI preview 1: no files, output to the log, arguments and environment if given. Off by default. */
  readonly wasi?: boolean | WasiSettings;
  /** Where the guest's own log lines go; nowhere without it. */
  readonly logger?: HostLogger;
  /** Where WASI's clocks and random numbers come from, for calls that are to be repeated; by default the system's own. */
  readonly sources?: HostSources;
}

const SANDBOX_OPTIONS: Readonly<Record<keyof SandboxOptions, true>> = {
  config: true,
  hostFunctions: true,
  limits: true,
  wasi: true,
  logger: true,
  sources: true,
};

/** Any Extism plugin, protocol or not. */
export interface Sandbox {
  /**
   * Calls an export, synchronously. Gives a copy of its output, or `null` where it set none.
   *
   * Throws {@link SandboxError} with a code of `CALL_CODES`. The next call works all the same. Throws `PlugwireUsageError`
   * `bad_option` for a name or an input that is none.
   */
  call(name: string, input?: string | Uint8Array): Uint8Array<ArrayBuffer> | null;
  /** Forgets the guest. A later call throws `closed`. */
  close(): void;
  [Symbol.dispose](): void;
}

/** Who calls from a sandbox: there are no names at this layer. */
const NOBODY = Object.freeze({ plugin: undefined });

/**
 * Loads any Extism plugin, without identity, handshake or contracts: the layer below `host.load`.
 *
 * Rejects with `PluginLoadError` (`read`, `compile`, `instantiate`) or `PlugwireUsageError` (`bad_source`, `bad_option`,
 * `bad_limit`, `bad_host_function`).
 *
 * @example
 * const sandbox = await createSandbox('./count_vowels.wasm');
 * const output = sandbox.call('count_vowels', 'hello');
 */
export const createSandbox = async (source: PluginSource, options: SandboxOptions = {}): Promise<Sandbox> => {
  const { hostFunctions: given = [] } = checkOptions(options, SANDBOX_OPTIONS);
  const logger = checkLogger(options.logger);
  const hostFunctions = checkHostFunctions(given);
  const sources = guardSources(options.sources);
  const limits = resolveLimits(options.limits);
  const config = parseConfig(options.config);
  const wasi = parseWasi(options.wasi);
  const modules = await compileModules(
    await readSource(source, { moduleBytes: limits.moduleBytes }),
    limits,
    wasi !== undefined,
  );
  const parts = { modules, hostFunctions, sources, config, limits, wasi };
  const guest = await inLoadLane(async () => await createGuest(parts));
  const log = createGuestLog(logger, { linesPerSecond: limits.logLinesPerSecond });
  const rights = { gate: () => undefined, log, caller: NOBODY };
  const create = async () => await guest.instantiate(rights);
  const warmed = modules.map(async (module) => await module.warmed);
  const [instance] = await Promise.all([inLoadLane(create), ...warmed]);
  const service = createGuestService(instance);

  const close = (): void => {
    service.close();
    log.close();
  };

  return {
    call: (name, input = '') => {
      checkCall(name, input);
      const result = service.call(name, input, limits.forFunction(name));
      if (!result.ok) throw new SandboxError(result.code, result.message, result.guestText);
      const output = result.output === null ? null : result.output.bytes();
      if (performance.now() < result.deadlineMs) return output;
      const { code, message } = callFailure('deadline');
      throw new SandboxError(code, message, undefined);
    },
    close,
    [Symbol.dispose]: close,
  };
};

/** What a caller without types got past them: anything with a length would pass for input. */
const checkCall = (name: unknown, input: unknown): void => {
  if (typeof name !== 'string')
    throw new PlugwireUsageError(
      'bad_option',
      `the name of the function is ${showType(name)}: expected the name of an export.`,
    );
  if (typeof input !== 'string' && !types.isUint8Array(input))
    throw new PlugwireUsageError(
      'bad_option',
      `the input is ${showType(input)}: expected a string or a Uint8Array (JSON.stringify it).`,
    );
};
