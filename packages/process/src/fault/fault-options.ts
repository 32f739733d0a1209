import { checkOptions } from '@plugwire/runtime';
import { isPluginName, PlugwireUsageError } from '@plugwire/wire';

import { checkMs } from '../go-plugin/go-plugin-options.ts';
import { RESTART_DEFAULTS, type RestartOptions } from '../launch/supervise.ts';

/** Which plugin of fault is used, and how it is watched. */
export interface FaultPluginOptions {
  /** Where it listens, such as `http://127.0.0.1:50051`. */
  readonly address: string;
  /** What the plugin is called; by default what the operator calls it. */
  readonly name?: string;
  /** How long it may take to say what it can do, each time it is connected to, in milliseconds. 5,000 by default. */
  readonly connectTimeoutMs?: number;
  /** How often it is asked for its health, in milliseconds. 5,000 by default. */
  readonly healthIntervalMs?: number;
  /** How long it may take to answer that, in milliseconds. 2,000 by default. */
  readonly healthTimeoutMs?: number;
  /** How long it is waited before a plugin that is away is tried again: 100 ms to 5 s by default. */
  readonly reconnect?: Partial<RestartOptions>;
}

/** The same, checked, with everything filled in. */
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

/** Throws `PlugwireUsageError` `bad_option`. */
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

/** `host:port` of an address. The port of HTTP, 80, is what a URL without one means. */
const readAddress = (given: unknown): string => {
  const url = typeof given === 'string' && URL.canParse(given) ? new URL(given) : undefined;
  const isPlain =
    url?.protocol === 'http:' &&
    url.hostname !== '' &&
    `${url.username}${url.password}${url.search}${url.hash}` === '' &&
    (url.pathname === '/' || url.pathname === '');
  if (url === undefined || !isPlain) {
    // The address may hold a password.
    return refuse('address is not one of a plugin: expected http://host:port and nothing else.');
  }
  return `${url.hostname}:${url.port === '' ? '80' : url.port}`;
};
