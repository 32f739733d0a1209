import { behave, type Behaviour, buildPlugin } from '@plugwire/pdk-fixtures';
import { createPluginHost, type PluginHost, type PluginHostOptions } from '@plugwire/runtime';
import { defineWireFunction } from '@plugwire/wire';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

import { createOperator, type Operator, type OperatorOptions } from '../operator/create-operator.ts';

/** A contract with an empty request and a text response. Its fallback is `silent_skip`. */
export const greet = defineWireFunction({
  name: 'greet',
  fallback: 'silent_skip',
  request: z.strictObject({}),
  response: z.strictObject({ text: z.string() }),
  sample: { request: {}, response: { text: '' } },
});

/** Builds a plugin that answers with a text. */
export const answering = async (
  text: string,
  { name = 'greeter', version = '1.0.0' } = {},
): Promise<Uint8Array<ArrayBuffer>> => await behaving(behave.answer({ text, _v: 1 }), { name, version });

/** Builds a plugin with the given behaviour. */
export const behaving = async (
  behaviour: Behaviour,
  { name = 'greeter', version = '1.0.0' } = {},
): Promise<Uint8Array<ArrayBuffer>> =>
  await buildPlugin({
    identity: { plugin_name: name, plugin_version: version },
    functions: { greet: behaviour },
  });

/** Long deadlines, so that calls do not fail on a busy machine. */
const LIMITS = { deadlineMs: 10_000 };

/** Creates an operator with a separate host. Both are closed when the test ends. */
export const openOperator = (
  hostOptions: Partial<PluginHostOptions> = {},
  options: Partial<OperatorOptions> = {},
): { readonly operator: Operator; readonly host: PluginHost } => {
  const host = createPluginHost({ functions: [greet], limits: LIMITS, ...hostOptions });
  const operator = createOperator({ host, ...options });
  onTestFinished(async () => {
    await operator.close();
    await host.close();
  });
  return { operator, host };
};
