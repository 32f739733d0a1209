import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { HandshakeAccept } from './accept.ts';
import { ACCEPT_CODES, checkAccept } from './accept.ts';
import { PROTOCOL_LIMITS } from '../base/limits.ts';
import { buildOffer } from './offer.ts';

const MARKER = 'MARKER 7f3a';
const offer = buildOffer(
  [
    { name: 'filter', versions: [1, 2, 3] },
    { name: 'sign', versions: [2] },
  ],
  ['log', 'clock'],
);
const accept: HandshakeAccept = {
  handshake_schema_version: 1,
  envelope_version: 1,
  chosen_versions: { filter: 2 },
  plugin_supported: { filter: [1, 2] },
  implemented_functions: ['filter'],
  required_capabilities: ['log'],
};

const check = (parts: object) => checkAccept(offer, JSON.stringify({ ...accept, ...parts }));
const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `f${at}`);
const mapOf = (keys: readonly string[], value: unknown): Record<string, unknown> =>
  Object.fromEntries(keys.map((key) => [key, value]));
const without = (key: keyof HandshakeAccept): string => JSON.stringify({ ...accept, [key]: undefined });

describe('checkAccept takes an accept', () => {
  it.each([
    ['that chooses the highest common version', {}],
    ['with white space', {}],
    ['that requires nothing', { required_capabilities: [] }],
    [
      'that negotiates nothing',
      { chosen_versions: {}, plugin_supported: {}, implemented_functions: [], required_capabilities: [] },
    ],
    [
      'of a function without a common version, left out',
      {
        plugin_supported: { filter: [1, 2], sign: [1, 3] },
        implemented_functions: ['filter', 'sign'],
      },
    ],
    [
      'of a function that it supports but does not implement',
      { plugin_supported: { filter: [2], sign: [2] } },
    ],
    ['of a function that it implements in no version', { implemented_functions: ['filter', 'sign'] }],
    ['that supports versions that were not offered', { plugin_supported: { filter: [2, 4, 65_535] } }],
    ['that requires all that was offered', { required_capabilities: ['clock', 'log'] }],
    ['at the limit of versions', { plugin_supported: { filter: Array.from({ length: 16 }, () => 2) } }],
  ])('%s', (_, parts) => {
    expect(check(parts)).toStrictEqual({ ok: true, accept: { ...accept, ...parts } });
  });

  it('of a function named like a property of every object', () => {
    const odd = buildOffer([{ name: 'constructor', versions: [1] }], []);
    const text = JSON.stringify({
      ...accept,
      chosen_versions: { constructor: 1 },
      plugin_supported: { constructor: [1] },
      implemented_functions: ['constructor'],
      required_capabilities: [],
    });
    expect(checkAccept(odd, text)).toMatchObject({ ok: true });
    expect(checkAccept(offer, text)).toMatchObject({ ok: false, code: 'chosen_not_offered' });
  });

  it('at the limits of functions and capabilities', () => {
    const many = names(32);
    const capabilities = names(32).map((name) => `c${name}`);
    const wide = buildOffer(
      many.map((name) => ({ name, versions: [1] })),
      capabilities,
    );
    const text = JSON.stringify({
      ...accept,
      chosen_versions: mapOf(many.slice(0, 16), 1),
      plugin_supported: mapOf(many, [1]),
      implemented_functions: many.slice(0, 16),
      required_capabilities: capabilities,
    });
    expect(checkAccept(wide, text)).toMatchObject({ ok: true });
  });
});

describe('checkAccept refuses an accept with', () => {
  const cases: readonly (readonly [code: string, what: string, text: string])[] = [
    ['not_json', 'no text', ''],
    ['not_json', 'cut short', `{"${MARKER}":1`],
    ...['null', '[]', '1', '"x"', '{}', `{"${MARKER}":1}`].map(
      (text) => ['accept_malformed', text, text] as const,
    ),
    ...(Object.keys(accept) as (keyof HandshakeAccept)[]).map(
      (key) => ['accept_malformed', `without ${key}`, without(key)] as const,
    ),
    ['accept_malformed', '__proto__', JSON.stringify(accept).replace('{', '{"__proto__":{},')],
    [
      'accept_malformed',
      '__proto__ as a function',
      JSON.stringify(accept).replace('"filter":2', '"filter":2,"__proto__":1'),
    ],
    [
      'accept_malformed',
      '__proto__ as a supported function',
      JSON.stringify(accept).replace('"filter":[', '"__proto__":[1],"filter":['),
    ],
    [
      'accept_malformed',
      '5,000 levels',
      JSON.stringify(accept).replace('[1,2]', '['.repeat(5000) + ']'.repeat(5000)),
    ],
  ];

  it.each(cases)('%s: %s', (code, _, text) => {
    const result = checkAccept(offer, text);
    expect(result).toMatchObject({ ok: false, code });
    expect(result).not.toHaveProperty('message', expect.stringContaining(MARKER));
  });

  it.each([
    ['accept_malformed', 'an unknown key', { [MARKER]: 1 }],
    ['accept_malformed', 'a version as text', { chosen_versions: { filter: '2' } }],
    ['accept_malformed', 'a version with a fraction', { chosen_versions: { filter: 2.5 } }],
    ['accept_malformed', 'a negative version', { plugin_supported: { filter: [-1] } }],
    ['accept_malformed', 'a version beyond u32', { plugin_supported: { filter: [4_294_967_296] } }],
    ['accept_malformed', 'functions as a map', { implemented_functions: { filter: 1 } }],
    ['accept_malformed', 'a schema version as text', { handshake_schema_version: '1' }],
    ['schema_version_mismatch', '0', { handshake_schema_version: 0 }],
    ['schema_version_mismatch', '2', { handshake_schema_version: 2 }],
    ['envelope_version_mismatch', '0', { envelope_version: 0 }],
    ['envelope_version_mismatch', '2', { envelope_version: 2 }],
    ['too_many_functions', '33 supported', { plugin_supported: mapOf(names(33), [1]) }],
    ['too_many_functions', '33 chosen', { chosen_versions: mapOf(names(33), 1) }],
    ['too_many_functions', '17 implemented', { implemented_functions: names(17) }],
    ['too_many_versions', '17', { plugin_supported: { filter: Array.from({ length: 17 }, () => 2) } }],
    ['too_many_capabilities', '33', { required_capabilities: names(33) }],
    ['chosen_not_supported', 'another name', { chosen_versions: { filter: 2, sign: 2 } }],
    [
      'chosen_not_supported',
      'an inherited name',
      { chosen_versions: { constructor: 1 }, implemented_functions: ['constructor'] },
    ],
    [
      'chosen_not_offered',
      'its own function',
      {
        chosen_versions: { extra: 1 },
        plugin_supported: { extra: [1] },
        implemented_functions: ['extra'],
      },
    ],
    ['chosen_not_implemented', 'nothing implemented', { implemented_functions: [] }],
    ['version_not_offered', 'higher', { chosen_versions: { filter: 4 }, plugin_supported: { filter: [4] } }],
    ['version_not_offered', 'zero', { chosen_versions: { filter: 0 } }],
    ['version_not_supported', 'offered only', { chosen_versions: { filter: 3 } }],
    ['version_downgrade', 'the lower of two', { chosen_versions: { filter: 1 } }],
    [
      'version_downgrade',
      'the lower of three',
      { chosen_versions: { filter: 1 }, plugin_supported: { filter: [3, 1, 2] } },
    ],
    ['version_downgrade', 'left out', { chosen_versions: {} }],
    [
      'version_downgrade',
      'one of two left out',
      { plugin_supported: { filter: [2], sign: [2] }, implemented_functions: ['filter', 'sign'] },
    ],
    ['function_unknown', 'implemented', { implemented_functions: ['filter', 'extra'] }],
    ['function_unknown', 'supported', { plugin_supported: { filter: [2], extra: [1] } }],
    ['function_unknown', 'an inherited name', { implemented_functions: ['filter', 'constructor'] }],
    ['version_out_of_range', 'zero', { plugin_supported: { filter: [2, 0] } }],
    ['version_out_of_range', 'above 65535', { plugin_supported: { filter: [2, 65_536] } }],
    ['version_out_of_range', 'not chosen', { plugin_supported: { filter: [2], sign: [0] } }],
    ['capability_not_offered', 'another', { required_capabilities: ['log', 'storage'] }],
    ['capability_not_offered', 'in capitals', { required_capabilities: ['LOG'] }],
    ['capability_not_offered', 'an invalid name', { required_capabilities: [MARKER] }],
    ['function_unknown', 'an invalid name', { implemented_functions: ['filter', MARKER] }],
    ['chosen_not_supported', 'an invalid name', { chosen_versions: { [MARKER]: 1 } }],
    [
      'chosen_not_offered',
      'an invalid name',
      { chosen_versions: { [MARKER]: 1 }, plugin_supported: { [MARKER]: [1] } },
    ],
  ])('%s: %s', (code, _, parts) => {
    const result = check(parts);
    expect(result).toMatchObject({ ok: false, code });
    expect(result).not.toHaveProperty('message', expect.stringContaining(MARKER));
    expect(ACCEPT_CODES).toContain(code);
  });

  it('capability_not_offered: any capability if none was offered', () => {
    const none = buildOffer([{ name: 'filter', versions: [1, 2, 3] }], []);
    expect(checkAccept(none, JSON.stringify(accept))).toMatchObject({ code: 'capability_not_offered' });
  });
});

describe('for any offer and accept', () => {
  const functionNames = ['a', 'b', 'c', 'constructor'];
  const version = fc.integer({ min: 1, max: 6 });
  const versions = fc.uniqueArray(version, { maxLength: 5 });
  const offered = fc.dictionary(fc.constantFrom(...functionNames), versions);
  const said = fc.record({
    chosen_versions: fc.dictionary(fc.constantFrom(...functionNames), version),
    plugin_supported: fc.dictionary(fc.constantFrom(...functionNames), versions),
    implemented_functions: fc.subarray(functionNames),
  });
  const offerOf = (map: Record<string, number[]>) =>
    buildOffer(
      Object.entries(map).map(([name, list]) => ({ name, versions: list })),
      [],
    );
  const common = (ours: readonly number[] = [], theirs: readonly number[] = []): number[] =>
    ours.filter((each) => theirs.includes(each));

  it('the versions of an accept that is taken are the highest common ones', () => {
    fc.assert(
      fc.property(offered, said, (map, parts) => {
        const result = checkAccept(
          offerOf(map),
          JSON.stringify({ ...accept, required_capabilities: [], ...parts }),
        );
        const taken = result.ok
          ? result.accept
          : { ...accept, chosen_versions: {}, implemented_functions: [] };
        for (const [name, chosen] of Object.entries(taken.chosen_versions)) {
          expect(chosen).toBe(Math.max(...common(map[name], parts.plugin_supported[name])));
          expect(taken.implemented_functions).toContain(name);
        }
        for (const name of taken.implemented_functions) {
          const shared = Object.hasOwn(parts.plugin_supported, name)
            ? common(map[name], parts.plugin_supported[name])
            : [];
          expect(Object.hasOwn(taken.chosen_versions, name)).toBe(shared.length > 0);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('an honest accept is taken, and one with another version is refused', () => {
    fc.assert(
      fc.property(
        offered,
        fc.dictionary(fc.constantFrom(...functionNames), versions),
        version,
        (map, theirs, other) => {
          const supported = Object.entries(theirs).filter(([name]) => Object.hasOwn(map, name));
          const chosen = supported.flatMap(([name, list]) => {
            const shared = common(map[name], list);
            return shared.length > 0 ? [[name, Math.max(...shared)] as const] : [];
          });
          const honest = {
            ...accept,
            chosen_versions: Object.fromEntries(chosen),
            plugin_supported: Object.fromEntries(supported),
            implemented_functions: supported.map(([name]) => name),
            required_capabilities: [],
          };
          expect(checkAccept(offerOf(map), JSON.stringify(honest))).toMatchObject({ ok: true });
          for (const [name, right] of chosen) {
            const text = JSON.stringify({
              ...honest,
              chosen_versions: { ...honest.chosen_versions, [name]: other },
            });
            expect(checkAccept(offerOf(map), text).ok).toBe(other === right);
          }
        },
      ),
    );
  });

  it('checkAccept does not throw, and its messages show no text of the plugin', () => {
    const text = fc.constantFrom('filter', 'sign', MARKER, `${MARKER}\n`);
    const lie = fc.record({
      chosen_versions: fc.dictionary(text, fc.nat(3)),
      plugin_supported: fc.dictionary(text, fc.array(fc.nat(3), { maxLength: 3 })),
      implemented_functions: fc.array(text, { maxLength: 3 }),
      required_capabilities: fc.array(text, { maxLength: 2 }),
    });
    fc.assert(
      fc.property(fc.oneof(lie, fc.jsonValue()), (parts) => {
        const result = check(parts as object);
        expect(result.ok ? '' : result.message).not.toContain(MARKER);
      }),
    );
  });
});

it('the limits equal those of the protocol', () => {
  expect(PROTOCOL_LIMITS).toMatchObject({ offeredFunctions: 32, versionsPerFunction: 16, capabilities: 32 });
});
