import { createHmac } from 'node:crypto';

import { buildSigner, loadBalancerFunctions, onUnauthorized, sign } from '@plugwire/wire/load-balancer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { BALANCERS, GUARDS } from '../support/balancer-plugins.ts';
import { fromBase64, loadToolchainPlugin, responseOf, toBase64 } from '../support/load-toolchain-plugin.ts';

const UPSTREAM = { kind: 'anthropic_direct' as const };
const key = (id: string, bytes: string | Uint8Array) => ({ key_id: id, key_base64: toBase64(bytes) });
const keys = [key('k1', 'first secret'), key('k2', 'second secret')];

/** Returns the signature that node:crypto computes. */
const signatureOf = (secret: string | Uint8Array, method: string, target: string, body: Uint8Array): string =>
  createHmac('sha256', secret).update(`${method}\n${target}\n`).update(body).digest('base64');

describe.each([...BALANCERS, ...GUARDS])('sign of %s', (name) => {
  const load = async () => await loadToolchainPlugin(name, loadBalancerFunctions);

  it('returns the signature of node:crypto for any key, target and body', async () => {
    const plugin = await load();
    const text = fc.string({ unit: 'binary', maxLength: 40 });
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 1, maxLength: 200 }),
        text,
        text,
        fc.uint8Array({ maxLength: 300 }),
        (secret, method, path, body) => {
          const url = `/${path}`;
          const shaped = { url, method, headers: [], body_base64: toBase64(body) };
          const answer = responseOf(
            plugin.dispatchSync(sign, { shaped, signer_state: { keys: [key('k', secret)], counter: 0 } }),
          );
          expect(answer).toMatchObject({ url: null, method: null, body_base64: null });
          expect(answer.headers?.map((each) => [each.name, fromBase64(each.value_base64)])).toEqual([
            ['x-signature-key-id', 'k'],
            ['x-signature', signatureOf(secret, method, url, body)],
          ]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each([
    ['https://upstream.example/v1?a=b', '/v1?a=b'],
    ['https://upstream.example', '/'],
    ['/v1?to=https://elsewhere.example/', '/v1?to=https://elsewhere.example/'],
    ['/a:b', '/a:b'],
  ])('signs %s without its origin', async (url, target) => {
    const plugin = await load();
    const body = Uint8Array.from({ length: 1 << 20 }, (_, at) => (at * 7) % 256);
    const header = { name: 'accept', value_base64: 'Ki8q' };
    const shaped = {
      url,
      method: 'POST',
      headers: [header, { name: 'X-Signature', value_base64: '' }],
      body_base64: toBase64(body),
    };
    const answer = responseOf(plugin.dispatchSync(sign, { shaped, signer_state: { keys, counter: 1 } }));
    expect(answer.headers?.map((each) => each.name)).toEqual(['accept', 'x-signature-key-id', 'x-signature']);
    expect(fromBase64(answer.headers?.[2]?.value_base64 ?? '')).toBe(
      signatureOf('second secret', 'POST', target, body),
    );
  });

  it.each([
    ['no state', {}],
    ['a counter without a key', { keys, counter: 2 }],
    ['no keys', { keys: [], counter: 0 }],
    ['an empty key', { keys: [key('k', '')], counter: 0 }],
    ['bad base64', { keys: [{ key_id: 'k', key_base64: 'A===' }], counter: 0 }],
    ['extra bits after the last byte', { keys: [{ key_id: 'k', key_base64: 'QR==' }], counter: 0 }],
    ['a line break in a key id', { keys: [key('k\r\nx: y', 's')], counter: 0 }],
    ['an unknown key', { keys, counter: 0, more: 1 }],
    ['a list', []],
    ['null', null],
  ])('refuses a state with %s', async (_, state) => {
    const plugin = await load();
    const shaped = { url: '/', method: 'GET', headers: [], body_base64: '' };
    const outcome = plugin.dispatchSync(sign, { shaped, signer_state: state });
    expect(outcome).toMatchObject({ policy: 'fail_request', error: { code: 'guest_error' } });
  });
});

describe.each(BALANCERS)('signer states of %s', (name) => {
  const load = async (config: Record<string, string> = {}) =>
    await loadToolchainPlugin(name, loadBalancerFunctions, { config });

  it('come from the factory state or from the configuration', async () => {
    const plugin = await load({ signing_key_id: 'configured', signing_key_base64: toBase64('s') });
    const build = (factory: object) =>
      plugin.dispatchSync(buildSigner, { upstream: UPSTREAM, factory_state: factory as never });
    expect(responseOf(build({ keys }))).toEqual({ signer_state: { keys, counter: 0 } });
    expect(responseOf(build({}))).toEqual({ signer_state: { keys: [key('configured', 's')], counter: 0 } });
    for (const bad of [{ keys: [] }, { keys: {} }, { key: 1 }, { keys: [{ key_id: 'a' }] }]) {
      expect(build(bad)).toMatchObject({ error: { code: 'guest_error' } });
    }
  });

  it('are refused without any key', async () => {
    const outcome = (await load()).dispatchSync(buildSigner, { upstream: UPSTREAM, factory_state: {} });
    expect(outcome).toMatchObject({
      error: { code: 'guest_error', message: expect.stringContaining('no key') },
    });
  });

  it('use the next key when a signature is refused, and fail after the last key', async () => {
    const plugin = await load();
    const refuse = (category: 'unauthorized' | 'retryable' | 'failed', counter: number) =>
      responseOf(
        plugin.dispatchSync(onUnauthorized, {
          error: { status: 401, body_base64: null, category },
          signer_state: { keys, counter },
        }),
      );
    expect(refuse('unauthorized', 0)).toEqual({ decision: 'refresh', signer_state: { keys, counter: 1 } });
    expect(refuse('unauthorized', 1)).toEqual({ decision: 'give_up', signer_state: { keys, counter: 1 } });
    expect(refuse('retryable', 0)).toEqual({ decision: 'give_up', signer_state: { keys, counter: 0 } });
    expect(refuse('failed', 0).decision).toBe('give_up');
  });
});
