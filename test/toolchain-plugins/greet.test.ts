import { TOOLCHAIN_PLUGINS, type ToolchainPluginName } from '@plugwire/pdk-fixtures';
import { defineWireFunction } from '@plugwire/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { loadToolchainPlugin, responseOf } from '../support/load-toolchain-plugin.ts';

const greet = defineWireFunction({
  name: 'greet',
  fallback: 'silent_skip',
  request: z.strictObject({ name: z.string() }),
  response: z.strictObject({ text: z.string() }),
  sample: { request: { name: 'Ada' }, response: { text: 'hello, Ada' } },
});

const GREETERS = (Object.keys(TOOLCHAIN_PLUGINS) as ToolchainPluginName[]).filter((name) =>
  name.startsWith('greet-'),
);

describe.each(GREETERS)('%s', (name) => {
  it('has its identity, and greets', async () => {
    const plugin = await loadToolchainPlugin(name, [greet]);
    expect(plugin.identity).toMatchObject({ plugin_name: name, plugin_version: '1.0.0' });
    expect(plugin.metadata.negotiated_functions).toEqual({ greet: 1 });
    expect(responseOf(plugin.dispatchSync(greet, { name: 'Ada' }))).toEqual({ text: 'hello, Ada' });
  });

  it('greets any name', async () => {
    const plugin = await loadToolchainPlugin(name, [greet]);
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (who) => {
        expect(responseOf(plugin.dispatchSync(greet, { name: who }))).toEqual({ text: `hello, ${who}` });
      }),
      { numRuns: 200 },
    );
  });

  it('greets a long name', async () => {
    const plugin = await loadToolchainPlugin(name, [greet]);
    const who = '€"\\\n'.repeat(8000);
    expect(responseOf(plugin.dispatchSync(greet, { name: who })).text).toBe(`hello, ${who}`);
  });

  it('reports an error for an unpaired surrogate, and the next call works', async () => {
    const plugin = await loadToolchainPlugin(name, [greet]);
    for (const who of ['\ud800', 'a\udc00', '\ud83d\ud83d']) {
      expect(plugin.dispatchSync(greet, { name: who })).toMatchObject({
        error: {
          stage: 'plugin_call',
          code: 'guest_error',
          message: expect.stringContaining('a lone surrogate'),
        },
      });
    }
    expect(responseOf(plugin.dispatchSync(greet, { name: '😀' })).text).toBe('hello, 😀');
  });

  it('serves its version to a host that also has a newer one', async () => {
    const newer = greet.next({
      request: z.strictObject({ name: z.string(), formal: z.boolean() }),
      response: z.strictObject({ text: z.string() }),
      sample: { request: { name: 'Ada', formal: true }, response: { text: '' } },
      downgradeRequest: ({ name: who }) => ({ name: who }),
      upgradeResponse: (response) => response,
    });
    const plugin = await loadToolchainPlugin(name, [newer]);
    expect(plugin.dispatchSync(newer, { name: 'Ada', formal: true })).toMatchObject({
      kind: 'ok',
      version: 1,
    });
  });

  it('is refused by a host without a common version', async () => {
    const newest = defineWireFunction({
      name: 'greet',
      version: 2,
      fallback: 'silent_skip',
      request: z.strictObject({ name: z.string() }),
      response: z.strictObject({ text: z.string() }),
      sample: { request: { name: '' }, response: { text: '' } },
    });
    await expect(loadToolchainPlugin(name, [newest])).rejects.toMatchObject({
      stage: 'handshake',
      code: 'no_common_function',
    });
  });
});
