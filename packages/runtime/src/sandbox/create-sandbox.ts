import { types } from 'node:util';

import { PlugwireUsageError, showType } from '@plugwire/wire';

import { clock } from '../base/clock.ts';
import { checkOptions } from '../base/check-options.ts';
import { compileModules } from '../modules/compile-modules.ts';
import type { HostFunction } from '../host-functions/define-host-function.ts';
import { guardSources, type HostSources } from '../host-functions/host-sources.ts';
import type { LimitOptions } from '../base/limits.ts';
import { resolveLimits } from '../base/limits.ts';
import { createGuestLog } from '../observe/guest-log.ts';
import { checkLogger, checkLogLevel, type HostLogger, type LogLevel } from '../observe/logger.ts';
import { inLoadLane } from '../prepare/module-preparer.ts';
import { parseConfig } from './parse-config.ts';
import { parseWasi, type WasiSettings } from '../wasi/parse-wasi.ts';
import type { PluginSource } from '../modules/read-source.ts';
import { readSource } from '../modules/read-source.ts';
import { type CallFailure, callFailure } from '../outcomes/call-result.ts';
import { createGuest } from './guest.ts';
import { createGuestService, type Reading } from './guest-service.ts';
import { checkHostFunctions } from './imports/host-function.ts';
import { type ExtismManifest, parseManifest } from './parse-manifest.ts';
import { readJson, readText } from './read-output.ts';
import { SandboxError } from '../outcomes/sandbox-error.ts';

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
  /** The lowest level at which the guest's lines are written, over the logger's own. */
  readonly logLevel?: LogLevel;
  /**
   * Puts the guest's own error text into the message of a `SandboxError`. It is payload: for developing a plugin, never for production.
   */
  readonly revealGuestErrors?: boolean;
  /** Where WASI's clocks and random numbers come from, for calls that are to be repeated; by default the system's own. */
  readonly sources?: HostSources;
}

const SANDBOX_OPTIONS: Readonly<Record<keyof SandboxOptions, true>> = {
  config: true,
  hostFunctions: true,
  limits: true,
  wasi: true,
  logger: true,
  logLevel: true,
  revealGuestErrors: true,
  sources: true,
};

/** Any Extism plugin, protocol or not. */
export interface Sandbox {
  /**
   * Calls an export, synchronously. Returns a copy of its output, or `null` if it set none.
   *
   * Throws {@link SandboxError} with a code of `CALL_CODES`. The next call works all the same. Throws `PlugwireUsageError`
   * `bad_option` for a name or an input that is none.
   */
  call(name: string, input?: string | Uint8Array): Uint8Array<ArrayBuffer> | null;
  /** The same with the output as text. Throws a `TypeError` if it is not UTF-8. */
  callText(name: string, input?: string | Uint8Array): string | null;
  /**
   * The same with the output as JSON, unchecked. Throws a `TypeError` if it is not UTF-8, and a `SyntaxError` if it is not JSON.
   *
   * @example
   * sandbox.callJson('count_vowels', 'hello'); // { count: 2, … }
   */
  callJson(name: string, input?: string | Uint8Array): unknown;
  /** The names of the functions that the plugin exports, in the order of the module. Not all of them can be called by name alone. */
  readonly functionNames: readonly string[];
  /** Whether the plugin exports a function of this name. */
  functionExists(name: string): boolean;
  /**
   * Restores the guest to its state after initialisation: memory, globals, tables and variables. Returns whether it did: `false` while
   * a call runs, which includes its host functions, and after `close`.
   */
  reset(): boolean;
  /** Forgets the guest. A later call throws `closed`. */
  close(): void;
  [Symbol.dispose](): void;
}

/** Who calls from a sandbox: there are no names at this layer. */
const NOBODY = Object.freeze({ plugin: undefined });

/** Where a sandbox's plugin comes from: as for `host.load`, or an Extism manifest, as an object or as JSON text. */
export type SandboxSource = PluginSource | ExtismManifest;

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
export const createSandbox = async (
  source: SandboxSource,
  options: SandboxOptions = {},
): Promise<Sandbox> => {
  const { hostFunctions: given = [], revealGuestErrors = false } = checkOptions(options, SANDBOX_OPTIONS);
  const manifest = parseManifest(source);
  const logger = checkLogger(options.logger);
  const hostFunctions = checkHostFunctions(given);
  const sources = guardSources(options.sources);
  const limits = resolveLimits(manifest?.limits, options.limits);
  const config = parseConfig(options.config ?? manifest?.config);
  const wasi = parseWasi(options.wasi);
  const lowest = checkLogLevel(options.logLevel);
  const modules = await compileModules(
    await readSource(manifest?.source ?? (source as PluginSource), { moduleBytes: limits.moduleBytes }),
    limits,
    wasi !== undefined,
  );
  const parts = { modules, hostFunctions, sources, config, limits, wasi };
  const guest = await inLoadLane(async () => await createGuest(parts));
  const log = createGuestLog(logger, { linesPerSecond: limits.logLinesPerSecond, lowest });
  const rights = { gate: () => undefined, log, caller: NOBODY };
  const create = async () => await guest.instantiate(rights);
  const warmed = modules.map(async (module) => await module.warmed);
  const [instance] = await Promise.all([inLoadLane(create), ...warmed]);
  const service = createGuestService(instance);

  const close = (): void => {
    service.close();
    log.close();
  };

  const call: Sandbox['call'] = (name, input = '') => {
    checkCall(name, input);
    const result = service.call(name, input, limits.forFunction(name), COPY);
    if (!result.ok) throw failureOf(result, revealGuestErrors);
    if (clock.nowMs() >= result.deadlineMs) throw failureOf(callFailure('deadline'), revealGuestErrors);
    return result.answer;
  };
  const callAs =
    <Value>(read: (output: Uint8Array) => Value) =>
    (name: string, input?: string | Uint8Array): Value | null => {
      const output = call(name, input);
      return output === null ? null : read(output);
    };

  return {
    call,
    callText: callAs(readText),
    callJson: callAs(readJson),
    functionNames: Object.freeze([...guest.functionNames]),
    functionExists: (name) => guest.functionNames.has(name),
    reset: service.reset,
    close,
    [Symbol.dispose]: close,
  };
};

/** The output belongs to its call: the caller gets a copy. */
const COPY: Reading<Uint8Array<ArrayBuffer> | null> = {
  read: (output) => (output === null ? null : output.bytes()),
};

const failureOf = ({ code, message, guestText }: CallFailure, reveals: boolean): SandboxError =>
  new SandboxError(
    code,
    reveals && guestText !== undefined ? `${message}: ${guestText}` : message,
    guestText,
  );

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
