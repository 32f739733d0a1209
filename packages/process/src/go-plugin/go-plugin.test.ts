import { describe, expect, it } from 'vitest';

import { get, openKv, put } from '../testing/kv.ts';

describe('a go-plugin plugin in a separate process', () => {
  it.each([
    ['over a unix socket', ['--network=unix']],
    ['over tcp', ['--network=tcp']],
    ['over a unix socket with AutoMTLS', ['--network=unix', '--tls']],
    ['over tcp with AutoMTLS', ['--network=tcp', '--tls']],
  ])('answers a contract %s', async (_, args) => {
    const plugin = await openKv(args, args.includes('--tls') ? { tls: 'required' } : {});
    expect(await plugin.dispatch(put, { key: 'a', value: 'grüße' })).toMatchObject({
      kind: 'ok',
      response: {},
    });
    expect(await plugin.dispatch(get, { key: 'a' })).toEqual({
      kind: 'ok',
      response: { value: 'grüße' },
      version: 1,
    });
    expect(await plugin.ping()).toEqual({ ok: true });
    await plugin.close();
    expect(await plugin.ping()).toMatchObject({ ok: false, code: 'closed' });
    expect(await plugin.dispatch(get, { key: 'a' })).toMatchObject({
      kind: 'fallback',
      error: { stage: 'plugin_call', code: 'closed' },
    });
  });
});
