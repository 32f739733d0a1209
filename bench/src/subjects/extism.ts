import { createPlugin, type ExtismPluginOptions } from '@extism/extism';

import { createCarefulJson } from './careful-json.ts';
import type { CreateSubject } from './subject.ts';

/** Extism's own host with careful JSON, in this thread or in its worker. */
const createExtismIn =
  (options: ExtismPluginOptions): CreateSubject =>
  async ({ contract, plugin: bytes }) => {
    const json = createCarefulJson(contract);
    const plugin = await createPlugin({ wasm: [{ data: bytes }] }, { ...options, functions: HOST_FUNCTIONS });
    return {
      run: async (message) => {
        const output = await plugin.call(contract.wire.name, json.write(message));
        if (output === null) throw new Error('no output');
        return json.read(output.text());
      },
      close: async () => await plugin.close(),
    };
  };

/** The imports that the protocol provides to every plugin. None of the measured functions logs. */
const HOST_FUNCTIONS = { 'extism:host/user': { cc_lb_log: () => undefined } };

/** Extism in this thread. */
export const createExtism = createExtismIn({});
/** Extism in its worker. */
export const createExtismWorker = createExtismIn({ runInWorker: true });
