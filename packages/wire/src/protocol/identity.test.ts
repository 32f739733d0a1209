import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { checkIdentity, IDENTITY_CODES, IDENTITY_MAGIC, IDENTITY_SECTION } from './identity.ts';

const MARKER = 'MARKER 7f3a';
const identity = {
  magic: [0xcc, 0x1b, 0x70, 0x10, 0x00, 0x01, 0x00, 0x00],
  abi_envelope: 1,
  plugin_name: 'greeter',
  plugin_version: '1.0.0',
};
const check = (parts: object) => checkIdentity(JSON.stringify({ ...identity, ...parts }));

it('the constants equal those of the protocol', () => {
  expect(IDENTITY_SECTION).toBe('cc_lb.plugin.v1');
  expect(IDENTITY_MAGIC).toStrictEqual(identity.magic);
});

describe('checkIdentity takes an identity', () => {
  it.each([
    ['as it is', {}],
    ['with the shortest texts', { plugin_name: 'a', plugin_version: '1' }],
    ['with the longest texts', { plugin_name: 'a'.repeat(64), plugin_version: '1'.repeat(32) }],
    ['with 32 bytes of umlauts', { plugin_version: 'ü'.repeat(16) }],
    ['with dashes, digits and underscores', { plugin_name: 'a-1_b-' }],
    ['with a version of free text', { plugin_version: 'the first, of May' }],
  ])('%s', (_, parts) => {
    expect(check(parts)).toStrictEqual({ ok: true, identity: { ...identity, ...parts } });
  });

  it('and freezes it', () => {
    const result = check({});
    expect(result).toMatchObject({ ok: true });
    expect(result.ok && Object.isFrozen(result.identity) && Object.isFrozen(result.identity.magic)).toBe(
      true,
    );
  });
});

describe('checkIdentity refuses an identity with', () => {
  it.each([
    '',
    MARKER,
    'null',
    '[]',
    '1',
    `"${MARKER}"`,
    '{}',
    JSON.stringify(identity).slice(0, -1),
    `\uFEFF${JSON.stringify(identity)}`,
    JSON.stringify(identity).replace('{', '{"__proto__":1,'),
    JSON.stringify([identity]),
    '['.repeat(30_000) + ']'.repeat(30_000),
  ])('payload_undecodable: %.40s', (text) => {
    const result = checkIdentity(text);
    expect(result).toMatchObject({ ok: false, code: 'payload_undecodable' });
    expect(result).not.toHaveProperty('message', expect.stringContaining(MARKER));
  });

  it.each([
    ['payload_undecodable', 'a magic of four bytes', { magic: [0xcc, 0x1b, 0x70, 0x10] }],
    ['payload_undecodable', 'a magic of seven bytes', { magic: identity.magic.slice(1) }],
    ['payload_undecodable', 'a magic of nine bytes', { magic: [...identity.magic, 0] }],
    ['payload_undecodable', 'a byte above 255', { magic: [256, ...identity.magic.slice(1)] }],
    ['payload_undecodable', 'a negative byte', { magic: [-1, ...identity.magic.slice(1)] }],
    ['payload_undecodable', 'a byte with a fraction', { magic: [0.5, ...identity.magic.slice(1)] }],
    ['payload_undecodable', 'a magic as text', { magic: MARKER }],
    ['payload_undecodable', 'no magic', { magic: undefined }],
    ['payload_undecodable', 'no envelope', { abi_envelope: undefined }],
    ['payload_undecodable', 'no name', { plugin_name: undefined }],
    ['payload_undecodable', 'no version', { plugin_version: undefined }],
    ['payload_undecodable', 'an unknown field', { [MARKER]: MARKER }],
    ['payload_undecodable', 'an envelope as text', { abi_envelope: '1' }],
    ['payload_undecodable', 'an envelope beyond u32', { abi_envelope: 4_294_967_296 }],
    ['payload_undecodable', 'a name that is a number', { plugin_name: 1 }],
    ['magic_mismatch', 'eight wrong bytes', { magic: [1, 2, 3, 4, 5, 6, 7, 8] }],
    ['magic_mismatch', 'the magic before the envelope', { magic: [0, 0, 0, 0, 0, 0, 0, 0], abi_envelope: 2 }],
    ['field_invalid', 'another envelope', { abi_envelope: 2 }],
    ['field_invalid', 'envelope zero', { abi_envelope: 0 }],
    ['field_invalid', 'an empty name', { plugin_name: '' }],
    ['field_invalid', 'a name of 65 bytes', { plugin_name: 'a'.repeat(65) }],
    ['field_invalid', 'a name in capitals', { plugin_name: 'Greeter' }],
    ['field_invalid', 'a name with a digit first', { plugin_name: '1greeter' }],
    ['field_invalid', 'a name with a dash first', { plugin_name: '-greeter' }],
    ['field_invalid', 'a name with a line end', { plugin_name: 'greeter\n' }],
    ['field_invalid', 'a name with a space', { plugin_name: MARKER }],
    ['field_invalid', 'an empty version', { plugin_version: '' }],
    ['field_invalid', 'a version of 33 bytes', { plugin_version: MARKER.padEnd(33) }],
    ['field_invalid', 'a version of 17 umlauts', { plugin_version: 'ü'.repeat(17) }],
    ['field_invalid', 'a version of nine emoji', { plugin_version: '🦀'.repeat(9) }],
  ])('%s: %s', (code, _, parts) => {
    const result = check(parts);
    expect(result).toMatchObject({ ok: false, code });
    expect(result).not.toHaveProperty('message', expect.stringContaining(MARKER));
    expect(IDENTITY_CODES).toContain(code);
  });

  it.each(identity.magic.map((_, at) => at))('magic_mismatch: byte %i is wrong', (at) => {
    const magic = identity.magic.with(at, 0x42);
    expect(check({ magic })).toMatchObject({ ok: false, code: 'magic_mismatch' });
  });

  it('payload_undecodable for any other payload, without throwing', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
        expect(checkIdentity(text)).toMatchObject({ ok: false, code: 'payload_undecodable' });
      }),
    );
  });
});
