import { checkOptions } from '@plugwire/runtime';
import { isPluginName, PlugwireUsageError, showType } from '@plugwire/wire';

import type { GrpcFunction } from '../grpc/grpc-function.ts';
import { RESTART_DEFAULTS, type RestartOptions } from '../launch/supervise.ts';

/** The options of {@link goPlugin}: how to start a plugin that implements the protocol of HashiCorp's go-plugin. */
export interface GoPluginOptions {
  /** The executable: a path, or a name that is searched in `PATH`. */
  readonly command: string;
  readonly args?: readonly string[];
  /** Environment variables of the process. They override inherited ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the process inherits the environment of this process. True by default. */
  readonly inheritEnv?: boolean;
  /** The working directory of the process. By default that of this process. */
  readonly cwd?: string;
  /** The environment variable by which the plugin recognises its host. The application defines its name and value. */
  readonly cookie: { readonly key: string; readonly value: string };
  /** The functions of the plugin, at `protocolVersion`. */
  readonly functions?: readonly GrpcFunction[];
  /** The version of the application’s protocol. 1 by default. */
  readonly protocolVersion?: number;
  /** The functions at each version, instead of `functions` and `protocolVersion`. The plugin chooses a version. */
  readonly versions?: Readonly<Record<number, readonly GrpcFunction[]>>;
  /**
   * `automatic` offers AutoMTLS, and connects without TLS if the plugin does not support it. `required` refuses such a plugin. `off` does not
   * offer TLS. `automatic` by default.
   */
  readonly tls?: 'automatic' | 'required' | 'off';
  /** Whether the broker and the plugin share one connection. False by default. */
  readonly multiplex?: boolean;
  /** The timeout for the start of the process until it serves, in milliseconds. 60,000 by default. */
  readonly startTimeoutMs?: number;
  /** How long the process may take to shut down before it is killed, in milliseconds. 2,000 by default. */
  readonly stopTimeoutMs?: number;
  /** The delays before an ended process is restarted, in milliseconds. `false` disables restarts. */
  readonly restart?: Partial<RestartOptions> | false;
  /** The range of ports for plugins that listen on TCP. 10,000 to 25,000 by default. */
  readonly ports?: { readonly min: number; readonly max: number };
  /** The group that may use the plugin’s unix sockets, by name or number. */
  readonly socketGroup?: string;
  /** `inherit` lets the process read the standard input of this process. `ignore`, the default, gives it an empty input. */
  readonly stdin?: 'inherit' | 'ignore';
  /** The name of the plugin. By default the operator’s name. */
  readonly name?: string;
  /** The version of the plugin, for metrics and swaps: at most 32 bytes. `0.0.0` by default. */
  readonly version?: string;
}

/** The checked options, with all defaults. */
export interface GoPluginSettings {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly inheritEnv: boolean;
  readonly cwd: string | undefined;
  readonly cookie: { readonly key: string; readonly value: string };
  readonly versions: ReadonlyMap<number, readonly GrpcFunction[]>;
  readonly tls: 'automatic' | 'required' | 'off';
  readonly multiplex: boolean;
  readonly startTimeoutMs: number;
  readonly stopTimeoutMs: number;
  readonly restart: RestartOptions | false;
  readonly ports: { readonly min: number; readonly max: number };
  readonly socketGroup: string | undefined;
  readonly inheritsStdin: boolean;
  readonly name: string | undefined;
  readonly version: string;
}

const KNOWN: Readonly<Record<keyof GoPluginOptions, true>> = {
  command: true,
  args: true,
  env: true,
  inheritEnv: true,
  cwd: true,
  cookie: true,
  functions: true,
  protocolVersion: true,
  versions: true,
  tls: true,
  multiplex: true,
  startTimeoutMs: true,
  stopTimeoutMs: true,
  restart: true,
  ports: true,
  socketGroup: true,
  stdin: true,
  name: true,
  version: true,
};
const TLS = ['automatic', 'required', 'off'] as const;
const DAY_MS = 24 * 3_600_000;

const refuse = (message: string): never => {
  throw new PlugwireUsageError('bad_option', message);
};

/** Checks the options and fills in the defaults. Throws `PlugwireUsageError` `bad_option`. */
export const checkGoPluginOptions = (options: GoPluginOptions): GoPluginSettings => {
  const {
    command,
    args = [],
    env = {},
    cookie,
    tls = 'automatic',
    ports,
    name,
  } = checkOptions(options, KNOWN);
  checkCommand(command, args, env);
  const isCookie = typeof cookie?.key === 'string' && cookie.key !== '' && typeof cookie.value === 'string';
  if (!isCookie) refuse('cookie is missing: pass the key and the value that the plugin expects.');
  if (!TLS.includes(tls)) refuse(`tls is ${JSON.stringify(tls)}: expected ${TLS.join(', ')}.`);
  if (name !== undefined && !isPluginName(name))
    refuse(`name is ${JSON.stringify(name)}: expected ^[a-z][a-z0-9_-]*$ with 1 to 64 bytes.`);
  return {
    command,
    args,
    env,
    inheritEnv: options.inheritEnv ?? true,
    cwd: options.cwd,
    cookie,
    versions: checkVersions(options),
    tls,
    multiplex: options.multiplex ?? false,
    startTimeoutMs: checkMs('startTimeoutMs', options.startTimeoutMs ?? 60_000),
    stopTimeoutMs: checkMs('stopTimeoutMs', options.stopTimeoutMs ?? 2_000),
    restart: options.restart === false ? false : { ...RESTART_DEFAULTS, ...options.restart },
    ports: ports ?? { min: 10_000, max: 25_000 },
    socketGroup: options.socketGroup,
    inheritsStdin: options.stdin === 'inherit',
    name,
    version: options.version ?? '0.0.0',
  };
};

/** Checks the command, its arguments and its variables. Throws `PlugwireUsageError` `bad_option`. */
const checkCommand = (command: unknown, args: unknown, env: unknown): void => {
  if (typeof command !== 'string' || command === '' || command.includes('\0'))
    refuse(`command is ${showType(command)}: expected the path of an executable, or its name.`);
  const areTexts =
    Array.isArray(args) && args.every((each) => typeof each === 'string' && !each.includes('\0'));
  if (!areTexts) refuse('args is not a list of strings: pass each argument as one string.');
  const isEnv =
    typeof env === 'object' &&
    env !== null &&
    Object.entries(env).every(
      ([key, value]) =>
        key !== '' && !/[=\0]/.test(key) && typeof value === 'string' && !value.includes('\0'),
    );
  if (!isEnv) refuse('env is not an object of strings: pass the value of each variable as a string.');
};

/** Returns a duration in milliseconds, from 1 to one day. Throws `PlugwireUsageError` `bad_option` for any other value. */
export const checkMs = (name: string, value: number): number =>
  Number.isInteger(value) && value >= 1 && value <= DAY_MS
    ? value
    : refuse(`${name} is ${String(value)}: expected milliseconds, a whole number from 1 to ${DAY_MS}.`);

const checkVersions = ({
  functions,
  protocolVersion = 1,
  versions,
}: GoPluginOptions): GoPluginSettings['versions'] => {
  if ((functions === undefined) === (versions === undefined))
    refuse('expected either functions, or versions with a list of functions for each version.');
  const entries = Object.entries(versions ?? { [protocolVersion]: functions ?? [] });
  return new Map(
    entries.map(([version, bound]) => {
      const number = Number(version);
      if (!Number.isInteger(number) || number < 0)
        refuse(`${JSON.stringify(version)} is not a protocol version: expected a whole number.`);
      if (!Array.isArray(bound) || bound.some((each) => typeof each?.method?.path !== 'string'))
        refuse(
          `the functions of version ${version} are not a list of functions: expected what grpcFunction returns.`,
        );
      return [number, bound] as const;
    }),
  );
};
