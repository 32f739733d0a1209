import { readToolchainPlugin, TOOLCHAIN_PLUGINS, type ToolchainPluginName } from '@plugwire/pdk-fixtures';
import {
  createPluginHost,
  type LoadOptions,
  type Plugin,
  type PluginHost,
  type PluginHostOptions,
  PluginLoadError,
} from '@plugwire/runtime';
import type { WireFunction } from '@plugwire/wire';
import { afterEach, expect } from 'vitest';

import { PATIENT_LIMITS } from '../../packages/testing/src/plugins/patient-limits.ts';

const hosts: PluginHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map(async (host) => await host.close()));
});

/** Loads a plugin into a separate host, which is closed after the test. */
export const loadToolchainPlugin = async (
  name: ToolchainPluginName,
  functions: readonly WireFunction[],
  options: LoadOptions = {},
  hostOptions: Partial<PluginHostOptions> = {},
): Promise<Plugin> => {
  const host = createPluginHost({ functions, revealGuestErrors: true, ...hostOptions });
  hosts.push(host);
  const wasi = TOOLCHAIN_PLUGINS[name].needsWasi;
  // Limits for the largest bodies of the tests, and long deadlines for a busy machine.
  const limits = { ...PATIENT_LIMITS, requestBytes: 4 << 20, outputBytes: 4 << 20, ...options.limits };
  return await loadPatiently(
    async () => await host.load(readToolchainPlugin(name), { wasi, ...options, limits }),
  );
};

const MAX_LOADS = 5;

/**
 * Loads again if handshake or self-check took too long. The protocol sets their limit of 200 ms, and no option changes it. On a busy machine
 * the largest modules need most of that time, because the engine still has to compile them.
 */
const loadPatiently = async (load: () => Promise<Plugin>): Promise<Plugin> => {
  for (let loads = 1; ; loads += 1) {
    try {
      return await load();
    } catch (error) {
      if (loads === MAX_LOADS || !wasTooSlow(error)) throw error;
    }
  }
};

const wasTooSlow = (error: unknown): boolean =>
  error instanceof PluginLoadError &&
  error.code === 'deadline' &&
  (error.stage === 'handshake' || error.stage === 'self_check');

/** Returns the response of a dispatch that must succeed. */
export const responseOf = <Outcome extends { kind: string; response?: unknown }>(
  outcome: Outcome,
): Extract<Outcome, { kind: 'ok' }>['response'] => {
  expect(outcome).toMatchObject({ kind: 'ok' });
  return outcome.response as Extract<Outcome, { kind: 'ok' }>['response'];
};

export const toBase64 = (value: string | Uint8Array): string => Buffer.from(value).toString('base64');
export const fromBase64 = (value: string): string => Buffer.from(value, 'base64').toString();
