import { checkOptions } from '@plugwire/runtime';
import { isPluginName, PlugwireUsageError, showType } from '@plugwire/wire';

import type { GrpcFunction } from '../grpc/grpc-function.ts';
import { RESTART_DEFAULTS, type RestartOptions } from '../launch/supervise.ts';

/** How a plugin of HashiCorp's go-plugin, or one that speaks its protocol, is started. */
export interface GoPluginOptions {
  /** The executable: a path, or a name to be looked for in `PATH`. */
  readonly command: string;
  readonly args?: readonly string[];
  /** Variables for the process, over those that it inherits. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the process gets the variables of this one. True by default. */
  readonly inheritEnv?: boolean;
  /** Its working directory; by default that of this process. */
  readonly cwd?: string;
  /** The variable by which plugin and host know each other: both are the application's. */
  readonly cookie: { readonly key: string; readonly value: string };
  /** What the plugin serves, at `protocolVersion`. */
  readonly functions?: readonly GrpcFunction[];
  /** The version of the application's protocol. 1 by default. */
  readonly protocolVersion?: number;
  /** What a plugin serves at each version, in the place of `functions` and `protocolVersion`: the plugin chooses one. */
  readonly versions?: Readonly<Record<number, readonly GrpcFunction[]>>;
  /**
   * `automatic` offers AutoMTLS, and connects without where the plugin has none. `required` refuses such a plugin. `off` offers none.
   * `automatic` by default.
   */
  readonly tls?: 'automatic' | 'required' | 'off';
  /** Whether broker and plugin share one connection. False by default. */
  readonly multiplex?: boolean;
  /** How long the process may take until it serves, in milliseconds. 60,000 by default. */
  readonly startTimeoutMs?: number;
  /** How long it may take to end when it is asked to, before it is killed, in milliseconds. 2,000 by default. */
  readonly stopTimeoutMs?: number;
  /** When a process that has ended is started again; `false` for never. */
  readonly restart?: Partial<RestartOptions> | false;
  /** The ports among which a plugin chooses if it listens on TCP. 10,000 to 25,000 by default. */
  readonly ports?: { readonly min: number; readonly max: number };
  /** The group that may use the plugin’s unix sockets, by name or number. */
  readonly socketGroup?: string;
  /** `inherit` lets the process read this one’s standard input, such as a terminal. By default it reads nothing. */
  readonly stdin?: 'inherit' | 'ignore';
  /** What the plugin is called; by default what the operator calls it. */
  readonly name?: string;
  /** Which version of the plugin it is, for metrics and swaps: at most 32 bytes. `0.0.0` by default. */
  readonly version?: string;
}

/** The same, checked, with everything filled in. */
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

/** Throws `PlugwireUsageError` `bad_option`. */
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
  if (!isCookie) refuse('cookie is missing: give the key and the value that the plugin expects.');
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

/** Throws `PlugwireUsageError` `bad_option` for what is no command with arguments and variables. */
const checkCommand = (command: unknown, args: unknown, env: unknown): void => {
  if (typeof command !== 'string' || command === '' || command.includes('\0'))
    refuse(`command is ${showType(command)}: expected the path of an executable, or its name.`);
  const areTexts =
    Array.isArray(args) && args.every((each) => typeof each === 'string' && !each.includes('\0'));
  if (!areTexts) refuse('args is no list of strings: give each argument as one string.');
  const isEnv =
    typeof env === 'object' &&
    env !== null &&
    Object.entries(env).every(
      ([key, value]) =>
        key !== '' && !/[=\0]/.test(key) && typeof value === 'string' && !value.includes('\0'),
    );
  if (!isEnv) refuse('env is no object of strings: give each variable as one string.');
};

/** Throws `PlugwireUsageError` `bad_option`. */
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
        refuse(`${JSON.stringify(version)} is no version of a protocol: expected a whole number.`);
      if (!Array.isArray(bound) || bound.some((each) => typeof each?.method?.path !== 'string'))
        refuse(`the functions of version ${version} are no list of what grpcFunction returns.`);
      return [number, bound] as const;
    }),
  );
};
