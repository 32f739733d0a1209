import type { WireFunction } from '@plugwire/wire';
import { createPluginHost, type DispatchOutcome, type Plugin } from '@plugwire/runtime';

import type { CreateSubject } from './subject.ts';

/** Limits that no measured call reaches, however busy the machine is. All other options are the defaults. */
export const LIMITS = {
  deadlineMs: 10_000,
  requestBytes: 4 * 1024 * 1024,
  outputBytes: 4 * 1024 * 1024,
} as const;

/** Plugwire, as a host calls it. */
export const createPlugwire: CreateSubject = async ({ contract, plugin: bytes }) => {
  const host = createPluginHost({ functions: [contract.wire], limits: LIMITS });
  const plugin = await host.load(bytes);
  return { run: runSync(plugin, contract.wire), close: async () => await host.close() };
};

/** The same, with the promise that `dispatch` returns. */
export const createPlugwireAsync: CreateSubject = async ({ contract, plugin: bytes }) => {
  const host = createPluginHost({ functions: [contract.wire], limits: LIMITS });
  const plugin = await host.load(bytes);
  return {
    run: async (message) => responseOf(await plugin.dispatch(contract.wire, message)),
    close: async () => await host.close(),
  };
};

/** A dispatch, which must succeed. */
export const runSync =
  (plugin: Plugin, contract: WireFunction) =>
  (message: object): object =>
    responseOf(plugin.dispatchSync(contract, message));

const responseOf = (outcome: DispatchOutcome): object => {
  if (outcome.kind !== 'ok') throw new Error(`${outcome.error.stage}: ${outcome.error.message}`);
  return outcome.response as object;
};
