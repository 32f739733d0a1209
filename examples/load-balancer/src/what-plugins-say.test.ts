import { createChain } from '@plugwire/operate';
import type { ResponseOf } from '@plugwire/wire';
import { filter, normalizeError, shape, sign } from '@plugwire/wire/load-balancer';
import { answeringPlugin } from '@plugwire/testing';
import { describe, expect, it } from 'vitest';

import { filterChain } from './balancer-plugins.ts';
import {
  idOf,
  nobody,
  openBalancer,
  reflect,
  reflected,
  startUnusedUpstream,
  startUpstream,
} from './testing/balancer-test.ts';
import { buildSigner } from '@plugwire/wire/load-balancer';

type Shaped = ResponseOf<typeof shape>;
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
const header = (name: string, value: string) => ({ name, value_base64: base64(value) });
const shaped = (parts: Partial<Shaped> = {}): Shaped => ({
  url: '/made',
  method: 'POST',
  headers: [],
  body_base64: base64('made'),
  ...parts,
});
const post = { method: 'POST', body: 'asked', path: '/asked?q=1' } as const;

describe.each(['shape', 'sign'] as const)('the answer of %s', (name) => {
  const pluginFor = async (said: Shaped) => {
    if (name === 'shape') return { shape: await answeringPlugin(shape, said) };
    return { signer: await answeringPlugin(sign, said, { alongside: [buildSigner] }) };
  };

  it('sets the path, query, method, headers and body of the request to the upstream', async () => {
    const said = shaped({
      url: '/made?x=%20',
      method: 'PUT',
      headers: [header('x-one', 'a'), header('X-One', 'b\u00FF\t')],
    });
    const test = await openBalancer([await startUpstream(reflect)], await pluginFor(said));
    const got = reflected(await test.request(post));
    expect(got).toMatchObject({ method: 'PUT', url: '/made?x=%20', body: 'made' });
    const own = got.rawHeaders.flatMap((each, at) => (each === 'x-one' ? [got.rawHeaders[at + 1]] : []));
    expect(own).toEqual(['a', 'b\u00FF']);
  });

  it('cannot set headers of the connection or of the balancer', async () => {
    const names = [
      'host',
      'content-length',
      'transfer-encoding',
      'connection',
      'upgrade',
      'expect',
      'te',
      'via',
    ];
    const headers = names.map((each) => header(each, 'x-listed')).concat(header('x-listed', 'evil'));
    const upstream = await startUpstream(reflect);
    const test = await openBalancer([upstream], await pluginFor(shaped({ headers })));
    const { rawHeaders, body } = reflected(await test.request(post));
    expect(body).toBe('made');
    expect(rawHeaders.join(' ')).not.toMatch(/evil|x-listed/);
    expect(rawHeaders[rawHeaders.indexOf('host') + 1]).toBe(new URL(upstream.origin).host);
    expect(rawHeaders[rawHeaders.indexOf('content-length') + 1]).toBe('4');
  });

  it.each([
    ['an absolute URL', { url: 'http://127.0.0.1:1/evil' }, 'url'],
    ['an absolute URL in upper case', { url: 'HTTP://evil/' }, 'url'],
    ['a URL with another origin', { url: '//evil/x' }, 'url'],
    ['a URL with a backslash', { url: '/\\evil' }, 'url'],
    ['a URL with a user', { url: '@evil/x' }, 'url'],
    ['a URL with a fragment', { url: '/x#evil' }, 'url'],
    ['a URL with a space', { url: '/x HTTP/1.1' }, 'url'],
    ['a URL with a line break', { url: '/x\r\nevil: 1' }, 'url'],
    ['a URL with a control character', { url: '/\u0000' }, 'url'],
    ['a URL with a delete character', { url: '/\u007F' }, 'url'],
    ['a URL that is not ASCII', { url: '/\u00E4' }, 'url'],
    ['an empty URL', { url: '' }, 'url'],
    ['* as its URL', { url: '*' }, 'url'],
    ['a URL that is too long', { url: `/${'x'.repeat(8192)}` }, 'url'],
    ['a method with a space', { method: 'GET /evil' }, 'method'],
    ['an empty method', { method: '' }, 'method'],
    ['the method CONNECT', { method: 'CONNECT' }, 'method'],
    ['the method trace in lower case', { method: 'trace' }, 'method'],
    ['the method HEAD instead of POST', { method: 'HEAD' }, 'method'],
    ['the method head in lower case', { method: 'head' }, 'method'],
    ['a header with a line break', { headers: [header('x', 'a\r\nevil: 1')] }, 'header_value'],
    ['a header with a line feed', { headers: [header('x', 'a\nevil: 1')] }, 'header_value'],
    ['a header with a NUL', { headers: [header('x', 'a\0')] }, 'header_value'],
    ['a header that is not base64', { headers: [{ name: 'x', value_base64: 'e' }] }, 'header_value'],
    ['a header name with a colon', { headers: [header('x: evil\r\ny', '1')] }, 'header_name'],
    ['a header without a name', { headers: [header('', '1')] }, 'header_name'],
    [
      'ten thousand headers',
      { headers: Array.from({ length: 10_000 }, () => header('x', '1')) },
      'too_many_headers',
    ],
    ['headers that are too large', { headers: [header('x', 'x'.repeat(20_000))] }, 'too_many_headers'],
    ['a body that is not base64', { body_base64: 'evil!' }, 'body_not_base64'],
    ['a body that is not canonical base64', { body_base64: 'QQ' }, 'body_not_base64'],
  ] satisfies [string, Partial<Shaped>, string][])('is refused if it has %s', async (_, parts, reason) => {
    const upstream = await startUnusedUpstream();
    const test = await openBalancer([upstream], await pluginFor(shaped(parts)));
    const answer = await test.request(post);
    expect(answer.status).toBe(502);
    expect(answer.error()).toMatchObject({
      code: 'plugin_refused',
      request_id: answer.headers['x-request-id'],
    });
    expect(await test.metrics.value('balancer_refused_answers_total', { function: name, reason })).toBe(1);
    expect(answer.body.toString() + test.logs.text()).not.toContain('evil');
  });

  it('cannot replace a streamed body', async () => {
    const test = await openBalancer([await startUpstream(reflect)], await pluginFor(shaped()), {
      shownBodyBytes: 4,
    });
    expect((await test.request(post)).error().code).toBe('plugin_refused');
    const empty = await pluginFor(shaped({ body_base64: '' }));
    const passing = await openBalancer([await startUpstream(reflect)], empty, { shownBodyBytes: 4 });
    expect(reflected(await passing.request(post)).body).toBe('asked');
  });
});

describe('the answer of filter', () => {
  const kept = async (ids: readonly string[]) =>
    await answeringPlugin(filter, {
      results: ids.map((id) => ({ upstream_id: id, decision: 'accept', reason: 'evil' })),
    });
  const threeUpstreams = async () =>
    await Promise.all(
      [1, 2, 3].map(async (at) => await startUpstream((_, reply) => reply.end(String(at)), at)),
    );

  it.each([
    ['one upstream', [2], '222222'],
    ['each upstream once, even if it is listed twice', [2, 2, 3], '232323'],
    ['upstreams in the order of the host', [3, 2, 1], '123123'],
  ])('keeps %s', async (_, ids, turns) => {
    const test = await openBalancer(await threeUpstreams(), { filter: await kept(ids.map(idOf)) });
    let got = '';
    for (const _turn of turns) got += (await test.request({})).body.toString();
    expect(`${got}${got}`).toContain(turns);
  });

  it.each([
    ['reject', 'reject'],
    ['an unknown word', 'defer'],
    ['ACCEPT in upper case', 'ACCEPT'],
  ])('does not keep an upstream if one of its decisions is %s', async (_, decision) => {
    const decide = (at: number, of: string) => ({ upstream_id: idOf(at), decision: of, reason: 'evil' });
    const results = [
      decide(1, 'accept'),
      decide(1, decision),
      decide(2, decision),
      decide(2, 'accept'),
      decide(3, 'accept'),
    ];
    const test = await openBalancer(await threeUpstreams(), {
      filter: await answeringPlugin(filter, { results }),
    });
    for (const _turn of [1, 2, 3]) expect((await test.request({})).body.toString()).toBe('3');
    expect(await test.metrics.value('balancer_refused_answers_total', { function: 'filter' })).toBe(0);
  });

  it('is counted if it has an unknown upstream, which is ignored', async () => {
    const test = await openBalancer(await threeUpstreams(), { filter: await kept([idOf(9), idOf(1)]) });
    expect((await test.request({})).body.toString()).toBe('1');
    const count = { function: 'filter', reason: 'unknown_upstream' };
    expect(await test.metrics.value('balancer_refused_answers_total', count)).toBe(1);
  });

  it.each([
    ['no upstream', []],
    ['only an unknown upstream', [idOf(9)]],
  ])('causes a 503 without its reason if it has %s', async (_, ids) => {
    const test = await openBalancer(await threeUpstreams(), { filter: await kept(ids) });
    const answer = await test.request({});
    expect([answer.status, answer.error().code]).toEqual([503, 'nothing_kept']);
    expect(answer.body.toString() + test.logs.text()).not.toContain('evil');
  });

  it('is combined in a chain: upstreams must be kept by all filters, and a filter that fails is skipped', async () => {
    const test = await openBalancer(await threeUpstreams(), { filter: await kept([1, 3].map(idOf)) });
    const { operator } = test;
    await operator.open('second').swap(await kept([2, 3].map(idOf)));
    const third = operator.open('third');
    const handles = ['filter', 'second', 'third'].map(operator.get);
    test.use({ filter: createChain(filterChain, handles) });
    for (const _turn of [1, 2]) expect((await test.request({})).body.toString()).toBe('3');
    // A filter does not see the upstreams that an earlier one rejected. If it accepts them, they stay rejected, and this is not counted.
    await third.swap(await kept([1, 2].map(idOf)));
    expect((await test.request({})).error().code).toBe('nothing_kept');
    expect(await test.metrics.value('balancer_refused_answers_total', { function: 'filter' })).toBe(0);
  });

  it('is final: a rejected upstream gets no request, even if no other upstream can be reached', async () => {
    const upstreams = [nobody(1), await startUnusedUpstream(2)];
    const test = await openBalancer(upstreams, { filter: await kept([idOf(1)]) });
    expect((await test.request({})).error().code).toBe('upstream_unreachable');
  });
});

describe('the answer of normalize_error', () => {
  const failing = async () =>
    await startUpstream((_, reply) => {
      reply.writeHead(418, { 'content-encoding': 'x-tea', etag: '"1"', 'x-kept': 'yes' }).end('as it was');
    });

  it('replaces the body of the error, and headers about the old body are dropped', async () => {
    const normalizer = await answeringPlugin(normalizeError, { body_base64: base64('normal') });
    const test = await openBalancer([await failing()], { normalizer });
    const answer = await test.request({});
    expect([answer.status, answer.body.toString()]).toEqual([418, 'normal']);
    expect(answer.headers).toMatchObject({ 'x-kept': 'yes', 'content-length': '6' });
    expect(answer.headers).not.toHaveProperty('content-encoding');
    expect(answer.headers).not.toHaveProperty('etag');
  });

  it.each([
    ['it is null', null, 64],
    ['it is not base64', 'evil!', 64],
    ['the body is streamed', base64('normal'), 4],
  ])('leaves the error unchanged if %s', async (_, body_base64, shownBodyBytes) => {
    const normalizer = await answeringPlugin(normalizeError, { body_base64 });
    const test = await openBalancer([await failing()], { normalizer }, { shownBodyBytes });
    const answer = await test.request({});
    expect([answer.status, answer.body.toString()]).toEqual([418, 'as it was']);
    expect(answer.headers).toMatchObject({ 'content-encoding': 'x-tea', etag: '"1"' });
  });
});
