import { createPlugin, type Plugin as ExtismPlugin } from '@extism/extism';
import { createPluginHost } from '@plugwire/runtime';

import { appendCustomSections } from '@plugwire/pdk-fixtures';
import { loadBalancerFunctions } from '@plugwire/wire/load-balancer';

import { collectGarbage } from '../collect-garbage.ts';
import { type Effort, measureInTurns, timesByName, type Timing } from '../measure.ts';
import { type LoadingResult, LOADS, type LoadName } from '../results.ts';
import { LOADED_PLUGINS } from '../scenarios.ts';
import type { MeasureGroup } from './group.ts';

/** Prepares plugins and closes them: Plugwire with handshake and self-check, Extism with `createPlugin` only. */
export const measureLoading: MeasureGroup<'loading'> = async (effort, progress) => {
  const results: LoadingResult[] = [];
  for (const [plugin, bytes] of LOADED_PLUGINS) {
    progress(plugin);
    const timings = await measureLoads(bytes, effort);
    const times = timesByName(timings) as LoadingResult['times'];
    results.push({ plugin, bytes: bytes.length, times });
  }
  return results;
};

const measureLoads = async (bytes: Uint8Array<ArrayBuffer>, effort: Effort): Promise<Timing[]> => {
  const host = createPluginHost({ functions: loadBalancerFunctions });
  // The engine keeps compiled code for as long as a module with the same bytes exists.
  const kept = await host.load(bytes, { name: 'kept' });
  const module = await WebAssembly.compile(bytes);
  const load = async (source: Uint8Array): Promise<void> => {
    const plugin = await host.load(source, { name: 'measured' });
    await plugin.close();
  };
  const create = async (source: { data: Uint8Array } | { module: WebAssembly.Module }): Promise<void> => {
    const plugin: ExtismPlugin = await createPlugin({ wasm: [source] }, { functions: HOST_FUNCTIONS });
    await plugin.close();
  };
  const ways: Readonly<Record<LoadName, () => Promise<void>>> = {
    ours: async () => await load(unseen(bytes)),
    oursAgain: async () => await load(bytes),
    extism: async () => await create({ data: unseen(bytes) }),
    extismCompiled: async () => await create({ module }),
  };
  const names = Object.keys(LOADS) as LoadName[];
  const timings = await measureInTurns(
    names.map((name) => ({ name, run: ways[name] })),
    effort,
    collectGarbage,
  );
  await kept.close();
  await host.close();
  return timings;
};

let serial = 0;

/** Returns the same plugin with bytes that the engine has not seen. */
const unseen = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => {
  serial += 1;
  return appendCustomSections(bytes, [{ name: 'serial', payload: String(serial) }]);
};

const HOST_FUNCTIONS = { 'extism:host/user': { cc_lb_log: () => undefined } };
