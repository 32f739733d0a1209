import { describe, expect, it } from 'vitest';

import { fileHere, get, kvPlugin, openHost } from '../testing/kv.ts';

const openRude = async (behaviour: string, limits = {}) =>
  await openHost({ limits: { deadlineMs: 20_000, ...limits } }).load(
    kvPlugin([], { args: [fileHere('./plugins/rude-plugin.mjs'), behaviour] }),
  );

describe('a call to a server that violates gRPC', () => {
  it.each([
    ['close-within', 'plugin_call', 'not_connected'],
    ['no-status', 'plugin_call', 'call_failed'],
    ['no-status-and-no-message', 'plugin_call', 'call_failed'],
    ['half-a-message', 'plugin_call', 'call_failed'],
    ['no-message', 'plugin_call', 'call_failed'],
    ['odd-status', 'plugin_call', 'call_failed'],
    ['http-error', 'plugin_call', 'call_failed'],
    ['reset', 'plugin_call', 'call_failed'],
    ['compressed-garbage', 'plugin_call', 'call_failed'],
    ['no-protobuf', 'deserialize_response', 'not_protobuf'],
    ['claims-a-gigabyte', 'plugin_call', 'output_too_large'],
  ])('falls back on %s with %s/%s', async (behaviour, stage, code) => {
    const plugin = await openRude(behaviour);
    const outcome = await plugin.dispatch(get, { key: 'a' });
    expect(outcome).toMatchObject({ kind: 'fallback', error: { stage, code } });
    expect(JSON.stringify(outcome)).not.toContain('secret');
    expect(await plugin.ping()).toEqual({ ok: true });
  });

  // grpc-js never reads a second message, so it does not notice that the call has ended.
  it.each(['silent', 'two-messages'])('ends at its deadline on %s', async (behaviour) => {
    const plugin = await openRude(behaviour, { deadlineMs: 500 });
    expect(await plugin.dispatch(get, { key: 'a' })).toMatchObject({
      error: { stage: 'plugin_call', code: 'deadline' },
    });
  });
});
