import type { LoadOptions } from '../load/load-options.ts';
import type { PluginHostOptions } from '../host/plugin-host.ts';
import { greet } from './contracts.ts';
import { type Failure, failureOf } from './failure-of.ts';
import { openHost } from './open-plugin.ts';

/** Loads a plugin in a separate host with the contract `greet`. Returns its metadata as `answer`, or the fields of the error. */
export const endOfLoad = async (
  bytes: Uint8Array<ArrayBuffer>,
  loadOptions: LoadOptions = {},
  hostOptions: Partial<PluginHostOptions> = {},
): Promise<Failure> => {
  const loading = openHost({ functions: [greet], ...hostOptions }).load(bytes, loadOptions);
  return await failureOf(loading.then(({ metadata }) => metadata));
};

/** The result of `endOfLoad` for a load that succeeds. */
export const LOADED = { answer: { self_check_passed: true } };
