import type { RequestOf } from '@plugwire/wire';
import { loadBalancerFunctions, normalizeError, observe } from '@plugwire/wire/load-balancer';
import { describe, expect, it } from 'vitest';

import { BALANCERS } from '../support/balancer-plugins.ts';
import { fromBase64, loadToolchainPlugin, responseOf, toBase64 } from '../support/load-toolchain-plugin.ts';

describe.each(BALANCERS)('normalize_error of %s', (name) => {
  const normalize = async (status: number, body: string | Uint8Array): Promise<unknown> => {
    const plugin = await loadToolchainPlugin(name, loadBalancerFunctions);
    const answer = responseOf(plugin.dispatchSync(normalizeError, { status, body_base64: toBase64(body) }));
    return answer.body_base64 === null ? null : JSON.parse(fromBase64(answer.body_base64));
  };
  const shapeOf = (type: string, message: string, status: number) => ({
    type: 'error',
    error: { type, message, status },
  });
  const SILENT = 'the upstream gave no reason';

  it.each([
    [
      'a nested error',
      429,
      '{"type":"error","error":{"type":"busy","message":"später \\ud83d\\ude00"}}',
      shapeOf('busy', 'später 😀', 429),
    ],
    [
      'a nested error without a type',
      400,
      '{"error":{"message":"a \\"b\\" \\n"}}',
      shapeOf('invalid_request_error', 'a "b" \n', 400),
    ],
    ['a flat message', 401, '{"message":"no","type":"x"}', shapeOf('authentication_error', 'no', 401)],
    ['a detail', 404, '{"detail":"gone"}', shapeOf('not_found_error', 'gone', 404)],
    ['an error that is a string', 403, '{"error":"never"}', shapeOf('permission_error', 'never', 403)],
    ['an HTML page', 502, '<html>secret</html>', shapeOf('api_error', SILENT, 502)],
    ['nothing', 529, '', shapeOf('overloaded_error', SILENT, 529)],
    ['a body that is not UTF-8', 500, Uint8Array.of(0x22, 0xff, 0x22), shapeOf('api_error', SILENT, 500)],
    ['a duplicate key', 500, '{"message":"a","message":"b"}', shapeOf('api_error', SILENT, 500)],
    ['JSON that nests too deeply', 500, '['.repeat(200) + ']'.repeat(200), shapeOf('api_error', SILENT, 500)],
    ['too many values', 500, `[${'0,'.repeat(200_000)}0]`, shapeOf('api_error', SILENT, 500)],
    ['a message that is not a string', 413, '{"message":7}', shapeOf('request_too_large', SILENT, 413)],
    ['no error', 200, '{"message":"no"}', null],
    ['that shape', 418, JSON.stringify(shapeOf('teapot', 'ü', 418)), null],
  ])('returns the common error shape for %s', async (_, status, body, expected) => {
    expect(await normalize(status, body)).toEqual(expected);
  });

  it('refuses bad base64', async () => {
    const plugin = await loadToolchainPlugin(name, loadBalancerFunctions);
    for (const body of ['A', 'AA=A', 'AAA', 'A A=', 'AB==', '=', '====', 'ä==']) {
      const outcome = plugin.dispatchSync(normalizeError, { status: 500, body_base64: body });
      expect(outcome).toMatchObject({ policy: 'pass_through', error: { code: 'guest_error' } });
    }
  });
});

describe.each(BALANCERS)('observe of %s', (name) => {
  it('counts events by kind over several calls, and logs only the counts', async () => {
    const lines: string[] = [];
    const write = (_fields: object, message: string): void => void lines.push(message);
    const logger = { trace: write, debug: write, info: write, warn: write, error: write };
    const plugin = await loadToolchainPlugin(
      name,
      loadBalancerFunctions,
      { capabilities: ['log'] },
      { logger },
    );
    const count = {
      input_tokens: 1,
      output_tokens: null,
      cache_creation_input_tokens: null,
      cache_read_input_tokens: null,
    };
    const events: RequestOf<typeof observe>['events'] = [
      { kind: 'request_started', request_id: 'secret', downstream_user_agent: 'ü' },
      { kind: 'authn_complete', principal_id: 'secret', principal_kind: 'user' },
      { kind: 'upstream_chosen', upstream: { kind: 'anthropic_direct' } },
      { kind: 'chunk', batch_index: 0, event_count: 1, total_bytes: Number.MAX_SAFE_INTEGER },
      { kind: 'chunk', batch_index: 1, event_count: 1, total_bytes: 1 },
      { kind: 'request_finished', status: 65_535, ...count, duration_ms: 0 },
      { kind: 'error', code: 'secret', message: 'secret', source: 'secret' },
    ];
    for (let call = 0; call < 3; call += 1)
      expect(responseOf(plugin.dispatchSync(observe, { events }))).toEqual({});
    expect(responseOf(plugin.dispatchSync(observe, { events: [] }))).toEqual({});
    const said = lines.filter((line) => line.includes('events so far'));
    expect(said).toHaveLength(4);
    expect(said[3]).toContain(
      'request_started=3 authn_complete=3 upstream_chosen=3 chunk=6 request_finished=3 error=3',
    );
    expect(said.join('')).not.toContain('secret');
  });
});
