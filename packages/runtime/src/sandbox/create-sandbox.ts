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

/** Options for a plugin without the protocol. */
export interface SandboxOptions {
  /** The configuration that the guest reads with `config_get`. Empty by default. */
  readonly config?: Readonly<Record<string, string>>;
  /** The functions that the guest can import. All of them can run, because a sandbox has no capabilities. None by default. */
  readonly hostFunctions?: readonly HostFunction[];
  /** The limits of the guest. `docs/limits.md` has the defaults. */
  readonly limits?: LimitOptions;
  /** Turns WASI preview 1 on: no files, output to the log, and the given arguments and environment. Off by default. */
  readonly wasi?: boolean | WasiSettings;
  /** Receives the guest's log lines. Without it, they are discarded. */
  readonly logger?: HostLogger;
  /** The lowest level of the guest's lines that are written. The logger's own level applies too. */
  readonly logLevel?: LogLevel;
  /**
   * Adds the guest's own error text to the message of a `SandboxError`. The text is payload. Use this to develop a plugin, never in
   * production.
   */
  readonly revealGuestErrors?: boolean;
  /** The clocks and random numbers of WASI. Replace them to make calls repeatable. By default, they are those of the system. */
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

/** An Extism plugin, with or without the protocol. */
export interface Sandbox {
  /**
   * Calls an export synchronously. Returns a copy of its output, or `null` if it set none.
   *
   * Throws {@link SandboxError} with a code of `CALL_CODES` if the call fails. The next call still works. Throws `PlugwireUsageError`
   * `bad_option` if the name is not a string, or the input is neither a string nor a `Uint8Array`.
   */
  call(name: string, input?: string | Uint8Array): Uint8Array<ArrayBuffer> | null;
  /** Like `call`, but returns the output as text. Also throws a `TypeError` if it is not UTF-8. */
  callText(name: string, input?: string | Uint8Array): string | null;
  /**
   * Like `call`, but returns the output as parsed JSON, without validation. Also throws a `TypeError` if the output is not UTF-8, and a
   * `SyntaxError` if it is not JSON.
   *
   * @example
   * sandbox.callJson('count_vowels', 'hello'); // { count: 2, … }
   */
  callJson(name: string, input?: string | Uint8Array): unknown;
  /** The names of the functions that the plugin exports, in the order of the module. `call` refuses those with parameters. */
  readonly functionNames: readonly string[];
  /** Returns whether the plugin exports a function with this name. */
  functionExists(name: string): boolean;
  /**
   * Restores the guest to its state after initialisation: memory, globals, tables and variables. Returns `false`, and does nothing, while
   * a call or one of its host functions runs, and after `close`.
   */
  reset(): boolean;
  /** Releases the guest. Later calls throw `closed`. */
  close(): void;
  [Symbol.dispose](): void;
}

/** The caller that host functions see. Plugins of a sandbox have no names. */
const NOBODY = Object.freeze({ plugin: undefined });

/** The source of a sandbox's plugin: a source of `host.load`, or an Extism manifest as an object or as JSON text. */
export type SandboxSource = PluginSource | ExtismManifest;

/**
 * Loads any Extism plugin, without identity, handshake or contracts. `host.load` adds those.
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

/** Copies the output, because it is only valid until the next call. */
const COPY: Reading<Uint8Array<ArrayBuffer> | null> = {
  read: (output) => (output === null ? null : output.bytes()),
};

const failureOf = ({ code, message, guestText }: CallFailure, reveals: boolean): SandboxError =>
  new SandboxError(
    code,
    reveals && guestText !== undefined ? `${message}: ${guestText}` : message,
    guestText,
  );

/** Checks what types cannot check in JavaScript. Without it, any object with a `length` would be accepted as input. */
const checkCall = (name: unknown, input: unknown): void => {
  if (typeof name !== 'string')
    throw new PlugwireUsageError(
      'bad_option',
      `the name of the function is ${showType(name)}: expected a string. Pass the name of an export.`,
    );
  if (typeof input !== 'string' && !types.isUint8Array(input))
    throw new PlugwireUsageError(
      'bad_option',
      `the input is ${showType(input)}: expected a string or a Uint8Array. Convert it, for example with JSON.stringify.`,
    );
};
