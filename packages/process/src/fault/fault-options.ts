import { checkOptions } from '@plugwire/runtime';
import { isPluginName, PlugwireUsageError } from '@plugwire/wire';

import { checkMs } from '../go-plugin/go-plugin-options.ts';
import { RESTART_DEFAULTS, type RestartOptions } from '../launch/supervise.ts';

/** The options of {@link faultPlugin}: the address of a plugin, and its timeouts. */
export interface FaultPluginOptions {
  /** The address of the plugin, such as `http://127.0.0.1:50051`. */
  readonly address: string;
  /** The name of the plugin. By default the operator’s name. */
  readonly name?: string;
  /** The timeout for connecting and reading the plugin’s capabilities, in milliseconds. 5,000 by default. */
  readonly connectTimeoutMs?: number;
  /** The interval between health checks, in milliseconds. 5,000 by default. */
  readonly healthIntervalMs?: number;
  /** The timeout of a health check, in milliseconds. 2,000 by default. */
  readonly healthTimeoutMs?: number;
  /**
   * The delays between attempts to connect, in milliseconds. The delay starts at `firstMs`, 100 by default, and doubles after each failed attempt up
   * to `longestMs`, 5,000 by default. A random part of up to half is subtracted from each delay. A connection that lasted for `longestMs` resets it.
   */
  readonly reconnect?: Partial<RestartOptions>;
}

/** The checked options, with all defaults. */
export interface FaultPluginSettings {
  /** `host:port`. */
  readonly address: string;
  readonly name: string | undefined;
  readonly connectTimeoutMs: number;
  readonly healthIntervalMs: number;
  readonly healthTimeoutMs: number;
  readonly reconnect: RestartOptions;
}

const KNOWN: Readonly<Record<keyof FaultPluginOptions, true>> = {
  address: true,
  name: true,
  connectTimeoutMs: true,
  healthIntervalMs: true,
  healthTimeoutMs: true,
  reconnect: true,
};
const KNOWN_OF_RECONNECT: Readonly<Record<keyof RestartOptions, true>> = { firstMs: true, longestMs: true };
const LONGEST_MS = 5_000;

const refuse = (message: string): never => {
  throw new PlugwireUsageError('bad_option', message);
};

/** Checks the options and fills in the defaults. Throws `PlugwireUsageError` `bad_option`. */
export const checkFaultOptions = (options: FaultPluginOptions): FaultPluginSettings => {
  const { address: given, reconnect = {}, ...rest } = checkOptions(options, KNOWN);
  const address = readAddress(given);
  const { name } = rest;
  if (name !== undefined && !isPluginName(name))
    refuse(`name is ${JSON.stringify(name)}: expected ^[a-z][a-z0-9_-]*$ with 1 to 64 bytes.`);
  const { firstMs = RESTART_DEFAULTS.firstMs, longestMs = Math.max(LONGEST_MS, firstMs) } = checkOptions(
    reconnect,
    KNOWN_OF_RECONNECT,
  );
  checkMs('reconnect.firstMs', firstMs);
  checkMs('reconnect.longestMs', longestMs);
  if (firstMs > longestMs)
    refuse(`reconnect.firstMs is ${firstMs}: expected at most reconnect.longestMs, ${longestMs}.`);
  return {
    address,
    name,
    connectTimeoutMs: checkMs('connectTimeoutMs', rest.connectTimeoutMs ?? 5_000),
    healthIntervalMs: checkMs('healthIntervalMs', rest.healthIntervalMs ?? 5_000),
    healthTimeoutMs: checkMs('healthTimeoutMs', rest.healthTimeoutMs ?? 2_000),
    reconnect: { firstMs, longestMs },
  };
};

/** Returns `host:port` of an address. The default port is 80, the port of HTTP. */
const readAddress = (given: unknown): string => {
  const url = typeof given === 'string' && URL.canParse(given) ? new URL(given) : undefined;
  const isPlain =
    url?.protocol === 'http:' &&
    url.hostname !== '' &&
    `${url.username}${url.password}${url.search}${url.hash}` === '' &&
    (url.pathname === '/' || url.pathname === '');
  if (url === undefined || !isPlain) {
    // The message does not quote the address, which may contain a password.
    return refuse(
      'address is not the address of a plugin: expected http://host:port, without a path, a query or credentials.',
    );
  }
  return `${url.hostname}:${url.port === '' ? '80' : url.port}`;
};
