// The program that every consumer runs: a host, a plugin, one dispatch. `run` returns the plugin's answer.
import { behave, buildPlugin } from '@plugwire/pdk-fixtures';
import { createPluginHost } from '@plugwire/runtime';
import { defineWireFunction } from '@plugwire/wire';
import { z } from 'zod';

const greet = defineWireFunction({
  name: 'greet',
  fallback: 'use_default',
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: '' }, response: { text: '' } },
}).withDefault(({ name }) => ({ text: `Hello, ${name}` }));

export const run = async () => {
  const host = createPluginHost({ functions: [greet], limits: { deadlineMs: 5000 } });
  const plugin = await host.load(
    await buildPlugin({ functions: { greet: behave.answer({ _v: 1, text: 'Moin!' }) } }),
  );
  const outcome = plugin.dispatchSync(greet, { name: 'Ada' });
  await host.close();
  return outcome.response.text;
};
