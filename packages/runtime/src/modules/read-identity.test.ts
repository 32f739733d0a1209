import {
  appendCustomSections,
  buildFixture,
  buildPlugin,
  type FixtureName,
  identityText,
} from '@plugwire/pdk-fixtures';
import { IDENTITY_SECTION, PROTOCOL_LIMITS } from '@plugwire/wire';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { LOAD_CODES, PluginLoadError } from '../outcomes/load-error.ts';
import { readIdentity } from './read-identity.ts';

const EMPTY_MODULE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);
const START = 8;

const withSections = (...sections: { name: string; payload: string | Uint8Array }[]): Uint8Array =>
  appendCustomSections(EMPTY_MODULE, sections);

const withPayload = (payload: string | Uint8Array): Uint8Array =>
  withSections({ name: IDENTITY_SECTION, payload });

const codeOf = (bytes: Uint8Array): string => {
  try {
    readIdentity(bytes);
    return 'ok';
  } catch (error) {
    if (!(error instanceof PluginLoadError)) throw error;
    expect(error.stage).toBe('identity');
    expect(LOAD_CODES.identity).toContain(error.code);
    return error.code;
  }
};

describe('the identity of a plugin', () => {
  it('is the content of its custom section, with the keys of the wire', async () => {
    expect(readIdentity(await buildFixture('honest'))).toEqual({
      magic: [0xcc, 0x1b, 0x70, 0x10, 0x00, 0x01, 0x00, 0x00],
      abi_envelope: 1,
      plugin_name: 'fixture',
      plugin_version: '1.0.0',
    });
  });

  it('cannot be changed', async () => {
    const identity = readIdentity(await buildFixture('honest'));
    expect(Object.isFrozen(identity)).toBe(true);
    expect(Object.isFrozen(identity.magic)).toBe(true);
  });

  it('is found before, between and after other sections', () => {
    const identity = { name: IDENTITY_SECTION, payload: identityText() };
    const other = { name: 'producers', payload: Uint8Array.of(0) };
    const alike = { name: 'cc_lb.plugin.v11', payload: identityText() };
    for (const sections of [
      [identity, other],
      [other, identity, alike],
      [alike, other, identity],
    ]) {
      expect(codeOf(withSections(...sections))).toBe('ok');
    }
  });

  it('is read through a Buffer and a view', async () => {
    const bytes = await buildFixture('honest');
    const around = Buffer.concat([Buffer.alloc(5), bytes, Buffer.alloc(5)]);
    expect(readIdentity(around.subarray(5, -5))).toEqual(readIdentity(bytes));
  });

  it('is found if its size and the length of its name are padded to five bytes', () => {
    const payload = Buffer.from(identityText());
    const name = Buffer.from(IDENTITY_SECTION);
    const stretched = (value: number) => [0x80 | (value & 0x7f), 0x80 | (value >> 7), 0x80, 0x80, 0x00];
    const content = [...stretched(name.length), ...name, ...payload];
    const bytes = Uint8Array.from([...EMPTY_MODULE, 0, ...stretched(content.length), ...content]);
    expect(codeOf(bytes)).toBe('ok');
    expect(WebAssembly.validate(bytes)).toBe(true);
  });

  it.each<FixtureName>(['identityAtLimit', 'identityLongestName', 'customSections'])(
    'may be the extreme that is allowed: %s',
    async (fixture) => {
      expect(codeOf(await buildFixture(fixture))).toBe('ok');
    },
  );
});

describe('an identity that is refused', () => {
  it.each<[string, FixtureName]>([
    ['section_missing', 'identityMissing'],
    ['section_twice', 'identityDoubled'],
    ['section_too_large', 'identityOversized'],
    ['magic_mismatch', 'identityWrongMagic'],
    ['payload_undecodable', 'identityFourByteMagic'],
    ['payload_undecodable', 'identityMagicNoBytes'],
    ['payload_undecodable', 'identityEmpty'],
    ['payload_undecodable', 'identityNotJson'],
    ['payload_undecodable', 'identityNotUtf8'],
    ['payload_undecodable', 'identityArray'],
    ['payload_undecodable', 'identityExtraField'],
    ['payload_undecodable', 'identityFieldMissing'],
    ['payload_undecodable', 'identityFieldOfWrongType'],
    ['field_invalid', 'identityWrongEnvelope'],
    ['field_invalid', 'identityBadName'],
    ['field_invalid', 'identityEmptyName'],
    ['field_invalid', 'identityLongName'],
    ['field_invalid', 'identityEmptyVersion'],
    ['field_invalid', 'identityLongVersion'],
  ])('is %s: %s', async (code, fixture) => {
    expect(codeOf(await buildFixture(fixture))).toBe(code);
  });

  it.each([
    ['a magic as text', { magic: 'zBtwEAABAAA=' }],
    ['a magic of fractions', { magic: [0xcc, 0x1b, 0x70, 0x10, 0.5, 1, 0, 0] }],
    ['a magic of nine bytes', { magic: [0xcc, 0x1b, 0x70, 0x10, 0, 1, 0, 0, 0] }],
    ['an envelope below 0', { abi_envelope: -1 }],
    ['an envelope past 32 bits', { abi_envelope: 2 ** 32 }],
    ['an envelope that is a fraction', { abi_envelope: 1.5 }],
    ['an envelope as text', { abi_envelope: '1' }],
    ['a version that is null', { plugin_version: null }],
  ])('is payload_undecodable: %s', (_, fields) => {
    expect(codeOf(withPayload(identityText(fields)))).toBe('payload_undecodable');
  });

  it.each([
    ['a __proto__ key', identityText().replace('{', '{"__proto__":{},')],
    ['a byte order mark', `\uFEFF${identityText()}`],
    ['a second value', `${identityText()}{}`],
    ['null', 'null'],
    ['5,000 arrays inside each other', '['.repeat(5000) + ']'.repeat(5000)],
    ['65,536 opening brackets', '['.repeat(65_536)],
  ])('is payload_undecodable: %s', (_, payload) => {
    expect(codeOf(withPayload(payload))).toBe('payload_undecodable');
  });

  it.each(['Fixture', '1fixture', '-fixture', 'fix ture', 'fixture\n', 'fixtüre', '_x'])(
    'is field_invalid, and its name is not shown: %j',
    (name) => {
      const bytes = withPayload(identityText({ plugin_name: name }));
      expect(codeOf(bytes)).toBe('field_invalid');
      expect(() => readIdentity(bytes)).not.toThrow(name);
    },
  );

  it.each([
    ['32 ASCII characters', 'v'.repeat(32), 'ok'],
    ['33 ASCII characters', 'v'.repeat(33), 'field_invalid'],
    ['16 two-byte characters', 'ä'.repeat(16), 'ok'],
    ['8 four-byte characters', '🌍'.repeat(8), 'ok'],
    ['9 four-byte characters', '🌍'.repeat(9), 'field_invalid'],
  ])('counts its version in bytes: %s', (_, version, code) => {
    expect(codeOf(withPayload(identityText({ plugin_version: version })))).toBe(code);
  });

  it('is section_twice even if the second one is broken, empty or far too large', () => {
    for (const payload of ['', '{', 'x'.repeat(PROTOCOL_LIMITS.identityBytes + 1)]) {
      const good = { name: IDENTITY_SECTION, payload: identityText() };
      expect(codeOf(withSections(good, { name: IDENTITY_SECTION, payload }))).toBe('section_twice');
      expect(codeOf(withSections({ name: IDENTITY_SECTION, payload }, good))).toBe('section_twice');
    }
  });

  it.each([
    ['nothing', Uint8Array.of()],
    ['random text', Buffer.from('no plugin at all')],
    ['a module that breaks off', withPayload(identityText()).slice(0, -1)],
    ['a module with a byte after it', Uint8Array.of(...withPayload(identityText()), 1)],
    ['a section whose length lies', Uint8Array.of(...EMPTY_MODULE, START, 200, 1, 0)],
    ['a component', Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00)],
  ])('is not_wasm: %s', (_, bytes) => {
    expect(codeOf(bytes)).toBe('not_wasm');
  });

  it('never shows the payload', async () => {
    const payload = identityText({ secret_key: 'SECRET VALUE' });
    expect(() => readIdentity(withPayload(payload))).not.toThrow(/secret/i);
    expect(() => readIdentity(withPayload('{"a": SECRET'))).not.toThrow(/secret/i);
    expect(codeOf(await buildPlugin({ identity: payload }))).toBe('payload_undecodable');
  });
});

describe('reading an identity from any bytes', () => {
  it('fails with a code for random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void codeOf(bytes)));
    const afterHeader = fc
      .uint8Array({ maxLength: 300 })
      .map((tail) => Uint8Array.of(...EMPTY_MODULE, ...tail));
    fc.assert(
      fc.property(afterHeader, (bytes) => void codeOf(bytes)),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void codeOf(withPayload(bytes))));
  });

  it('fails with a code for any other JSON as a payload', () => {
    fc.assert(
      fc.property(fc.json(), (payload) => void codeOf(withPayload(payload))),
      { numRuns: 300 },
    );
  });

  it('fails with a code for a mutated plugin, or reads its identity', async () => {
    const honest = await buildFixture('honest');
    const changes = fc.array(fc.tuple(fc.nat(honest.length - 1), fc.nat(255)), {
      minLength: 1,
      maxLength: 5,
    });
    fc.assert(
      fc.property(changes, fc.nat(honest.length), fc.boolean(), (edits, cut, isCut) => {
        const bytes = honest.slice(0, isCut ? cut : undefined);
        for (const [at, value] of edits) bytes[at] = value;
        codeOf(bytes);
      }),
      { numRuns: 1000 },
    );
  });
});
