import { describe, expect, it } from 'vitest';

import { IDENTITY_MAGIC } from './identity.ts';
import { checkMetadata, METADATA_CODES, metadataExpiry } from './metadata.ts';

const MARKER = 'MARKER_7f3a';
const WEEK = 604_800;
const metadata = {
  identity: { magic: [...IDENTITY_MAGIC], abi_envelope: 1, plugin_name: 'greeter', plugin_version: '1.0.0' },
  negotiated_functions: { filter: 1, sign: 65_535 },
  negotiated_capabilities: ['log'],
  handshake_completed_at: 1000,
  self_check_passed: true,
  self_check_completed_at: 1001,
  expires_at: 1000 + WEEK,
};
const check = (parts: object, now = 1002) => checkMetadata(JSON.stringify({ ...metadata, ...parts }), now);

describe('stored metadata', () => {
  it('is returned until it expires', () => {
    expect(check({})).toStrictEqual({ ok: true, metadata });
    expect(check({}, 1000 + WEEK - 1)).toMatchObject({ ok: true });
  });

  it.each([1000 + WEEK, 1001 + WEEK, Number.MAX_SAFE_INTEGER])('is refused with expired at %i', (now) => {
    expect(check({}, now)).toMatchObject({ ok: false, code: 'expired' });
  });

  it('expires seven days after its handshake', () => {
    expect(metadataExpiry(1000)).toBe(metadata.expires_at);
  });

  it('may have 256 KiB in UTF-8 and no more', () => {
    const room = 256 * 1024 - JSON.stringify(metadata).length;
    const fill = (text: string) => check({ negotiated_capabilities: [`log${text}`] });
    expect(fill('x'.repeat(room))).toMatchObject({ ok: true });
    expect(fill('x'.repeat(room + 1))).toMatchObject({ ok: false, code: 'too_large' });
    expect(fill('€'.repeat(room / 2))).toMatchObject({ ok: false, code: 'too_large' });
  });

  it.each(['', '{', `{"${MARKER}":`, 'undefined'])('is refused with not_json: %j', (text) => {
    const result = checkMetadata(text, 1);
    expect(result).toMatchObject({ ok: false, code: 'not_json' });
    expect(result).not.toHaveProperty('message', expect.stringContaining(MARKER));
  });

  it.each([
    'null',
    '[]',
    '{}',
    JSON.stringify(metadata).replace('"sign"', '"__proto__"'),
    JSON.stringify(metadata).replace('{', '{"__proto__":1,'),
    '['.repeat(5000) + ']'.repeat(5000),
  ])('is refused with malformed: %.60s', (text) => {
    expect(checkMetadata(text, 1)).toMatchObject({ ok: false, code: 'malformed' });
  });

  const malformed: readonly (readonly [what: string, parts: object])[] = [
    ...Object.keys(metadata).map((key) => [`no ${key}`, { [key]: undefined }] as const),
    ['an unknown key', { [MARKER]: MARKER }],
    ['an unknown key in the identity', { identity: { ...metadata.identity, [MARKER]: 1 } }],
    ['a magic of four bytes', { identity: { ...metadata.identity, magic: [1, 2, 3, 4] } }],
    ['version 0', { negotiated_functions: { filter: 0 } }],
    ['version 65536', { negotiated_functions: { filter: 65_536 } }],
    ['a handshake at 0', { handshake_completed_at: 0 }],
    ['a self-check at 0', { self_check_completed_at: 0 }],
    ['an expiry at 0', { expires_at: 0 }],
    ['an expiry with a fraction', { expires_at: 1.5 }],
    ['a self-check result that is not a boolean', { self_check_passed: 1 }],
  ];
  it.each(malformed)('is refused with malformed: %s', (_, parts) => {
    const result = check(parts);
    expect(result).toMatchObject({ ok: false, code: 'malformed' });
    expect(result).not.toHaveProperty('message', expect.stringContaining(MARKER));
  });

  it('has these codes for refusals', () => {
    expect(METADATA_CODES).toStrictEqual(['too_large', 'not_json', 'malformed', 'expired']);
  });

  it('cannot extend its lifetime with a later expires_at', () => {
    expect(check({ expires_at: Number.MAX_SAFE_INTEGER }, 1000 + 2 * WEEK)).toMatchObject({ ok: false });
  });

  it.each([
    ['magic', { magic: [0, 0, 0, 0, 0, 0, 0, 0] }],
    ['name', { plugin_name: 'not a name' }],
    ['envelope', { abi_envelope: 2 }],
  ])('is refused if its identity is invalid: %s', (_, parts) => {
    expect(check({ identity: { ...metadata.identity, ...parts } })).toMatchObject({ ok: false });
  });
});
