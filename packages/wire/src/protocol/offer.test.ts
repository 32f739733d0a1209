import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { buildOffer, canonicalOffer } from './offer.ts';

describe('an offer', () => {
  it('is sorted and without duplicates', () => {
    const offer = buildOffer(
      [
        { name: 'sign', versions: [10, 9, 10] },
        { name: 'filter', versions: [1] },
      ],
      ['log', 'clock', 'log'],
    );
    expect(JSON.stringify(offer)).toBe(
      '{"handshake_schema_version":1,"envelope_version":1,"function_versions":{"filter":[1],"sign":[9,10]},"host_capabilities":["clock","log"]}',
    );
  });

  it('does not change its input', () => {
    const functions = Object.freeze([
      { name: 'b', versions: Object.freeze([2, 1]) },
      { name: 'a', versions: [] },
    ]);
    const capabilities = Object.freeze(['log', 'clock']);
    expect(() => buildOffer(functions, capabilities)).not.toThrow();
  });
});

describe('the canonical text of an offer', () => {
  const none = {
    handshake_schema_version: 1,
    envelope_version: 1,
    function_versions: {},
    host_capabilities: [],
  };

  it('is compact JSON with the keys in the order of the protocol', () => {
    const offer = {
      host_capabilities: ['LOG', 'clock', 'log'],
      function_versions: { sign: [10, 9, 9], a_b: [2, 1], a: [1] },
      envelope_version: 1,
      handshake_schema_version: 1,
    };
    expect(canonicalOffer(offer)).toBe(
      '{"handshake_schema_version":1,"envelope_version":1,"function_versions":{"a":[1],"a_b":[1,2],"sign":[9,10]},"host_capabilities":["clock","log"]}',
    );
  });

  const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,6}$/);
  const offers = fc.record({
    functions: fc.uniqueArray(
      fc.record({ name, versions: fc.array(fc.integer({ min: 1, max: 65_535 }), { maxLength: 6 }) }),
      { selector: (each) => each.name, maxLength: 6 },
    ),
    capabilities: fc.array(name, { maxLength: 6 }),
  });
  const shuffled = <Item>(items: readonly Item[]) =>
    fc.shuffledSubarray([...items], { minLength: items.length, maxLength: items.length });

  it('does not depend on order, duplicates or the case of capabilities', () => {
    const pairs = offers.chain(({ functions, capabilities }) =>
      fc.tuple(
        fc.constant({ functions, capabilities }),
        shuffled(functions),
        shuffled([...capabilities, ...capabilities.map((each) => each.toUpperCase())]),
        fc.infiniteStream(fc.nat(10)),
      ),
    );
    fc.assert(
      fc.property(pairs, ([{ functions, capabilities }, otherFunctions, otherCapabilities]) => {
        const other = {
          ...none,
          function_versions: Object.fromEntries(
            otherFunctions.map((each) => [each.name, [...each.versions, ...each.versions.toReversed()]]),
          ),
          host_capabilities: otherCapabilities,
        };
        expect(canonicalOffer(other)).toBe(canonicalOffer(buildOffer(functions, capabilities)));
      }),
    );
  });

  it('equals the JSON of a built offer, and its own canonical text', () => {
    fc.assert(
      fc.property(offers, ({ functions, capabilities }) => {
        const offer = buildOffer(functions, capabilities);
        expect(canonicalOffer(offer)).toBe(JSON.stringify(offer));
      }),
    );
  });

  it.each([
    ['a schema version', { handshake_schema_version: 2 }],
    ['an envelope version', { envelope_version: 2 }],
    ['a function', { function_versions: { a: [] } }],
    ['a capability', { host_capabilities: ['log'] }],
  ])('changes with %s', (_, parts) => {
    expect(canonicalOffer({ ...none, ...parts })).not.toBe(canonicalOffer(none));
  });
});
