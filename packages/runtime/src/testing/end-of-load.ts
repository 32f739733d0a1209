import type { LoadOptions } from '../load/load-options.ts';
import type { PluginHostOptions } from '../host/plugin-host.ts';
import { greet } from './contracts.ts';
import { type Failure, failureOf } from './failure-of.ts';
import { openHost } from './open-plugin.ts';

/** How a load ends in a host of its own, which knows `greet`: its metadata as `answer`, or what the error says. */
export const endOfLoad = async (
  bytes: Uint8Array<ArrayBuffer>,
  loadOptions: LoadOptions = {},
  hostOptions: Partial<PluginHostOptions> = {},
): Promise<Failure> => {
  const loading = openHost({ functions: [greet], ...hostOptions }).load(bytes, loadOptions);
  return await failureOf(loading.then(({ metadata }) => metadata));
};

/** Where `endOfLoad` ends with a plugin. */
export const LOADED = { answer: { self_check_passed: true } };
