import { readToolchainPlugin, TOOLCHAIN_PLUGINS } from '@plugwire/pdk-fixtures';
import { createSandbox, type Sandbox } from '@plugwire/runtime';
import { filter, loadBalancerFunctions, sign } from '@plugwire/wire/load-balancer';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { BALANCERS } from '../support/balancer-plugins.ts';
import { loadToolchainPlugin, toBase64 } from '../support/load-toolchain-plugin.ts';

const REQUEST = {
  request_id: 'r',
  headers: [{ name: 'a', value_base64: '' }],
  method: 'GET',
  path: '/',
  query: null,
  body_base64: '',
};
const CANDIDATE = {
  upstream_id: '00000000-0000-4000-8000-000000000001',
  name: 'one',
  kind: 'anthropic_direct',
  observed_rate_limits: [{ kind: 'tokens', window: '1m', limit: 10, remaining: 9, reset: null }],
  subscription_quotas: [],
  observed_at_unix_secs: 1,
};
const SAMPLE = {
  ...REQUEST,
  principal: { id: 'p', kind: 'user', claims: {} },
  candidates: [CANDIDATE],
  _v: 1,
};
const TEXT = JSON.stringify(SAMPLE);
/** Returns the sample with other claims, which may be any JSON. */
const claiming = (claims: string): string => TEXT.replace('"claims":{}', `"claims":${claims}`);

describe.each(BALANCERS)('%s decodes strictly and', (name) => {
  let sandbox: Sandbox;
  beforeAll(async () => {
    sandbox = await createSandbox(readToolchainPlugin(name), {
      wasi: TOOLCHAIN_PLUGINS[name].needsWasi,
      limits: { deadlineMs: 10_000 },
    });
  });
  afterAll(() => sandbox.close());

  /** Returns `ok`, or the code of the failure. */
  const endOf = (request: string | Uint8Array): string => {
    try {
      sandbox.call('filter', request);
      return 'ok';
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  it.each([
    ['as it is', TEXT],
    ['with blanks', JSON.stringify(SAMPLE, null, '\t')],
    ['with keys in another order', JSON.stringify(Object.fromEntries(Object.entries(SAMPLE).toReversed()))],
    ['with escapes', TEXT.replace('"GET"', String.raw`"\u0047\"\\\/\b\f\n\r\t\ud83d\ude00\u00fc\uffff"`)],
    ['with the largest integer', TEXT.replace('"limit":10', '"limit":9007199254740991')],
    ['nested 128 deep', claiming(`{"a":${'['.repeat(125)}${']'.repeat(125)}}`)],
    [
      'with claims of many keys',
      claiming(`{${Array.from({ length: 400 }, (_, at) => `"k${at}":${at}`).join()}}`),
    ],
    ['with numbers of any form', claiming('{"a":[0,-0,1.5,-1e9,1E+2,0.1e-3]}')],
    ['with UTF-8 of each length', claiming('{"é€😀\u{10ffff}":"\u{7f}\u{80}\u{7ff}\u{800}\u{ffff}"}')],
  ])('accepts a message %s', (_, request) => {
    expect(endOf(request)).toBe('ok');
  });

  it.each([
    ['an unknown key', TEXT.replace('"_v":1', '"_v":1,"more":1')],
    ['an unknown key inside', TEXT.replace('"reset":null', '"reset":null,"more":1')],
    ['a key of another case', TEXT.replace('"method"', '"Method"')],
    ['a key twice', TEXT.replace('"_v":1', '"_v":1,"_v":1')],
    ['a key twice, once escaped', TEXT.replace('"_v":1', String.raw`"_v":1,"\u005fv":1`)],
    ['a key twice in claims', claiming('{"a":1,"a":1}')],
    [
      'a key twice among many',
      claiming(`{${Array.from({ length: 400 }, (_, at) => `"k${at % 399}":1`).join()}}`),
    ],
    ['no envelope', TEXT.replace(',"_v":1', '')],
    ['another version', TEXT.replace('"_v":1', '"_v":2')],
    ['a version that is a string', TEXT.replace('"_v":1', '"_v":"1"')],
    ['a missing key', TEXT.replace('"query":null,', '')],
    ['null for a string', TEXT.replace('"GET"', 'null')],
    ['a number for a string', TEXT.replace('"GET"', '1')],
    ['an object for a list', TEXT.replace('"subscription_quotas":[]', '"subscription_quotas":{}')],
    ['a list for an object', claiming('[]')],
    ['a negative integer', TEXT.replace('"limit":10', '"limit":-1')],
    ['a fraction', TEXT.replace('"limit":10', '"limit":1.5')],
    ['a negative exponent', TEXT.replace('"limit":10', '"limit":15e-1')],
    ['an integer above 2^53 - 1', TEXT.replace('"limit":10', '"limit":9007199254740992')],
    ['an integer above 2^64', TEXT.replace('"limit":10', '"limit":18446744073709551617')],
    ['text after it', `${TEXT} 1`],
    ['a byte order mark', `\uFEFF${TEXT}`],
    ['no content', ''],
    ['a list around it', `[${TEXT}]`],
    ['129 levels', claiming(`{"a":${'['.repeat(126)}${']'.repeat(126)}}`)],
    ['100,000 levels', claiming('['.repeat(100_000))],
    ['a lone high surrogate', TEXT.replace('"GET"', String.raw`"\ud83d"`)],
    ['a lone low surrogate', TEXT.replace('"GET"', String.raw`"\ude00"`)],
    ['two high surrogates', TEXT.replace('"GET"', String.raw`"\ud83d\ud83d"`)],
    ['a surrogate at the end', TEXT.replace('"GET"', String.raw`"\ud83d\u"`)],
    ['a bad escape', TEXT.replace('"GET"', String.raw`"\x41"`)],
    ['bad hex', TEXT.replace('"GET"', String.raw`"\u00g0"`)],
    ['a control character', TEXT.replace('"GET"', '"\u0001"')],
    ['a leading zero', claiming('{"a":01}')],
    ['a plus', claiming('{"a":+1}')],
    ['no digits', claiming('{"a":-}')],
    ['no fraction', claiming('{"a":1.}')],
    ['a truncated literal', claiming('{"a":tru}')],
    ['an extra comma', claiming('{"a":1,}')],
    ['a missing comma', claiming('{"a":1 "b":2}')],
  ])('refuses a message with %s', (_, request) => {
    expect(endOf(request)).toBe('guest_error');
  });

  it.each([
    [0xff],
    [0xc0, 0xaf],
    [0xe0, 0x80, 0x80],
    [0xed, 0xa0, 0x80],
    [0xf4, 0x90, 0x80, 0x80],
    [0xc3],
    [0xf0, 0x9f, 0x98],
  ])('refuses bytes that are not UTF-8: %s…', (...bytes) => {
    const [before, after] = TEXT.split('GET');
    const request = Buffer.concat([
      Buffer.from(before ?? ''),
      Uint8Array.from(bytes),
      Buffer.from(after ?? ''),
    ]);
    expect(endOf(request)).toBe('guest_error');
  });

  it('accepts any claims that JSON.stringify writes', () => {
    const claims = fc
      .jsonValue({ maxDepth: 5 })
      .filter((value) => !JSON.stringify(value).includes(String.raw`\ud`));
    fc.assert(
      fc.property(claims, (value) => {
        expect(endOf(claiming(JSON.stringify({ value }).replaceAll('$', '$$$$')))).toBe('ok');
      }),
      { numRuns: 300 },
    );
  });

  it('handles 200,000 values without a trap', () => {
    expect(['ok', 'guest_error']).toContain(endOf(claiming(`{"a":[${'0,'.repeat(200_000)}0]}`)));
  });

  it('never traps if a byte of a message is changed, and accepts only what JSON.parse accepts', () => {
    const bytes = Buffer.from(TEXT);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), (at, byte, isCut) => {
        const mutated = Buffer.from(isCut ? bytes.subarray(0, at) : bytes);
        if (!isCut) mutated[at] = byte;
        const end = endOf(mutated);
        expect(['ok', 'guest_error']).toContain(end);
        if (end === 'ok') expect(() => JSON.parse(mutated.toString()) as unknown).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });
});

/** Plugins whose runtime needs very little memory. */
const SMALL = BALANCERS.filter((name) => name !== 'load-balancer-go');

describe.each(SMALL)('the resources of %s', (name) => {
  it('stay constant over many thousands of calls', async () => {
    const plugin = await loadToolchainPlugin(name, loadBalancerFunctions);
    const { _v, ...request } = SAMPLE;
    const shaped = { url: '/', method: 'GET', headers: [], body_base64: toBase64('x'.repeat(1000)) };
    const state = { keys: [{ key_id: 'k', key_base64: 'QQ==' }], counter: 0 };
    const round = (): void => {
      plugin.dispatchSync(filter, request);
      plugin.dispatchSync(sign, { shaped, signer_state: state });
      plugin.dispatchSync(sign, { shaped, signer_state: {} });
    };
    round();
    const { memoryBytes } = plugin.health().usage;
    for (let rounds = 0; rounds < 7000; rounds += 1) round();
    expect(plugin.health()).toMatchObject({ status: 'ready', usage: { memoryBytes } });
    expect(memoryBytes).toBeLessThanOrEqual(256 * 1024);
  });

  it('stay within the default limits for a request of 64 KB', async () => {
    const plugin = await loadToolchainPlugin(name, loadBalancerFunctions);
    const shaped = { url: '/', method: 'GET', headers: [], body_base64: toBase64('x'.repeat(48 * 1024)) };
    const state = { keys: [{ key_id: 'k', key_base64: 'QQ==' }], counter: 0 };
    expect(plugin.dispatchSync(sign, { shaped, signer_state: state })).toMatchObject({ kind: 'ok' });
    const { lastFuel, memoryBytes } = plugin.health().usage;
    // The default is 1,000,000,000.
    expect(lastFuel).toBeLessThan(50_000_000);
    expect(memoryBytes).toBeLessThan(2 * 1024 * 1024);
  });
});
