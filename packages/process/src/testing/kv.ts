import { fileURLToPath } from 'node:url';

import {
  createPluginHost,
  type LoadOptions,
  type PluginHost,
  type PluginHostOptions,
  type ServingPlugin,
} from '@plugwire/runtime';
import { defineWireFunction } from '@plugwire/wire';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

import { goPlugin } from '../go-plugin/go-plugin.ts';
import type { GoPluginOptions } from '../go-plugin/go-plugin-options.ts';
import { grpcFunction } from '../grpc/grpc-function.ts';

/** Returns the path of a file relative to this one. */
export const fileHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The contracts of go-plugin's key-value example. */
export const get = defineWireFunction({
  name: 'get',
  fallback: 'silent_skip',
  request: z.strictObject({ key: z.string() }),
  response: z.strictObject({ value: z.string() }),
  sample: { request: { key: '' }, response: { value: '' } },
});
export const put = defineWireFunction({
  name: 'put',
  fallback: 'fail_request',
  request: z.strictObject({ key: z.string(), value: z.string() }),
  response: z.strictObject({}),
  sample: { request: { key: '', value: '' }, response: {} },
});

const proto = fileHere('./protos/kv.proto');
/** The contracts, bound to the example's `.proto`. */
export const kvFunctions = [
  grpcFunction(get, { proto, method: 'proto.KV/Get' }),
  grpcFunction(put, { proto, method: 'proto.KV/Put' }),
];

/** Long deadlines, because the machine may be busy. */
const LIMITS = { deadlineMs: 20_000 };

/** Opens a host, which is closed when the test ends. */
export const openHost = (options: Partial<PluginHostOptions> = {}): PluginHost => {
  const host = createPluginHost({ functions: [get, put], limits: LIMITS, ...options });
  onTestFinished(async () => await host.close());
  return host;
};

/** Returns the plugin that is written for plain Node. `args` selects a misbehaviour. */
export const kvPlugin = (args: readonly string[] = [], options: Partial<GoPluginOptions> = {}) =>
  goPlugin({
    command: process.execPath,
    args: [fileHere('./plugins/kv-plugin.mjs'), ...args],
    cookie: { key: 'BASIC_PLUGIN', value: 'hello' },
    ...(options.versions === undefined ? { functions: kvFunctions } : {}),
    name: 'kv',
    ...options,
  });

/** Loads the plugin into a separate host. */
export const openKv = async (
  args: readonly string[] = [],
  options: Partial<GoPluginOptions> = {},
  host: Partial<PluginHostOptions> = {},
  load: LoadOptions = {},
): Promise<ServingPlugin> => await openHost(host).load(kvPlugin(args, options), load);
