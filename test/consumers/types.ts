// Imports every public entry point and contains typical code of embedders. It is only compiled, never run.
import { createOperator, type PluginHandle } from '@plugwire/operate';
import { generateKit } from '@plugwire/pdk';
import { buildPlugin } from '@plugwire/pdk-fixtures';
import { goPlugin } from '@plugwire/process';
import { createPluginHost, type DispatchOutcome, type Plugin, PluginLoadError } from '@plugwire/runtime';
import { createRedisStorage } from '@plugwire/store-redis';
import { defineWireFunction, type RequestOf } from '@plugwire/wire';
import { filter } from '@plugwire/wire/load-balancer';
import { z } from 'zod';

export const greet = defineWireFunction({
  name: 'greet',
  fallback: 'use_default',
  request: z.strictObject({ name: z.string(), tone: z.enum(['warm', 'cool']) }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: '', tone: 'warm' }, response: { text: '' } },
}).withDefault(({ name }) => ({ text: name }));

export const answer = (plugin: Plugin, body: unknown): string => {
  const outcome: DispatchOutcome<typeof greet> = plugin.dispatchSync(greet, body);
  if (outcome.response === undefined) return outcome.error.code;
  return outcome.response.text;
};

export const load = async (path: string): Promise<Plugin | string> => {
  const host = createPluginHost({ functions: [greet, filter] });
  try {
    return await host.load(path);
  } catch (error) {
    return error instanceof PluginLoadError ? error.code : 'unknown';
  }
};

export const ask = (handle: PluginHandle, request: RequestOf<typeof greet>): string => {
  const outcome = handle.dispatchSync(greet, request);
  return outcome.kind === 'ok' ? outcome.response.text : outcome.policy;
};

// @ts-expect-error the type of a request is checked
export const wrong = (plugin: Plugin) => plugin.dispatchSync(greet, { name: 1, tone: 'warm' });

export const rest = { buildPlugin, createOperator, createRedisStorage, generateKit, goPlugin };
