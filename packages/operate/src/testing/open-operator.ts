import { behave, type Behaviour, buildPlugin } from '@plugwire/pdk-fixtures';
import { createPluginHost, type PluginHost, type PluginHostOptions } from '@plugwire/runtime';
import { defineWireFunction } from '@plugwire/wire';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

import { createOperator, type Operator, type OperatorOptions } from '../operator/create-operator.ts';

/** A contract that asks nothing and is answered with a text; without an answer it is skipped. */
export const greet = defineWireFunction({
  name: 'greet',
  fallback: 'silent_skip',
  request: z.strictObject({}),
  response: z.strictObject({ text: z.string() }),
  sample: { request: {}, response: { text: '' } },
});

/** A plugin that answers with a text, real WebAssembly. */
export const answering = async (
  text: string,
  { name = 'greeter', version = '1.0.0' } = {},
): Promise<Uint8Array<ArrayBuffer>> => await behaving(behave.answer({ text, _v: 1 }), { name, version });

/** A plugin that behaves as said. */
export const behaving = async (
  behaviour: Behaviour,
  { name = 'greeter', version = '1.0.0' } = {},
): Promise<Uint8Array<ArrayBuffer>> =>
  await buildPlugin({
    identity: { plugin_name: name, plugin_version: version },
    functions: { greet: behaviour },
  });

/** Patient, so that a busy machine ends no call. */
const LIMITS = { deadlineMs: 10_000 };

/** An operator over a host of its own; both are closed when the test ends. */
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
