import { readToolchainPlugin, TOOLCHAIN_PLUGINS, type ToolchainPluginName } from '@plugwire/pdk-fixtures';
import {
  createPluginHost,
  type LoadOptions,
  type Plugin,
  type PluginHost,
  type PluginHostOptions,
} from '@plugwire/runtime';
import type { WireFunction } from '@plugwire/wire';
import { afterEach, expect } from 'vitest';

const hosts: PluginHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map(async (host) => await host.close()));
});

/** Loads a plugin into a host of its own, which is closed after the test. */
export const loadToolchainPlugin = async (
  name: ToolchainPluginName,
  functions: readonly WireFunction[],
  options: LoadOptions = {},
  hostOptions: Partial<PluginHostOptions> = {},
): Promise<Plugin> => {
  const host = createPluginHost({ functions, revealGuestErrors: true, ...hostOptions });
  hosts.push(host);
  const wasi = TOOLCHAIN_PLUGINS[name].needsWasi;
  // Room for the tests' largest bodies, and for the time that a busy machine takes.
  const limits = { deadlineMs: 10_000, requestBytes: 4 << 20, outputBytes: 4 << 20, ...options.limits };
  return await host.load(readToolchainPlugin(name), { wasi, ...options, limits });
};

/** The response of a dispatch that must succeed. */
export const responseOf = <Outcome extends { kind: string; response?: unknown }>(
  outcome: Outcome,
): Extract<Outcome, { kind: 'ok' }>['response'] => {
  expect(outcome).toMatchObject({ kind: 'ok' });
  return outcome.response as Extract<Outcome, { kind: 'ok' }>['response'];
};

export const toBase64 = (value: string | Uint8Array): string => Buffer.from(value).toString('base64');
export const fromBase64 = (value: string): string => Buffer.from(value, 'base64').toString();
