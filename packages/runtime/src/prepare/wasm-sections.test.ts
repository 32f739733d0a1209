import { buildFixture } from '@plugwire/pdk-fixtures';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { listSections } from './wasm-sections.ts';

/** The id of the section that names a start function. */
const START = 8;

const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

const module = (...bytes: (number | readonly number[])[]): Uint8Array =>
  Uint8Array.from([...HEADER, ...bytes.flat()]);

/** A number in LEB128, padded to a length. */
const leb = (value: number, length = 1): number[] => {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  } while (rest > 0 || bytes.length < length);
  bytes[bytes.length - 1] = (bytes.at(-1) as number) - 0x80;
  return bytes;
};

const text = (value: string): number[] => [...Buffer.from(value)];

describe('the sections of a module', () => {
  it('are an empty list for a module of eight bytes', () => {
    expect(listSections(module())).toEqual([]);
  });

  it('are listed in order, with the range of each payload', () => {
    const bytes = module(0, 5, 2, text('ab'), 7, 8, START, 1, 0);
    expect(listSections(bytes)).toEqual([
      { id: 0, name: 'ab', start: 13, end: 15 },
      { id: START, name: undefined, start: 17, end: 18 },
    ]);
  });

  it('can be empty and can have empty names', () => {
    expect(listSections(module(1, 0, 0, 1, 0))).toEqual([
      { id: 1, name: undefined, start: 10, end: 10 },
      { id: 0, name: '', start: 13, end: 13 },
    ]);
  });

  it.each([1, 2, 3, 4, 5])('can have a size and a name length in LEB128 of %i bytes', (length) => {
    const content = [...leb(2, length), ...text('ab'), 9];
    const bytes = module(0, leb(content.length, length), content);
    expect(listSections(bytes)).toEqual([{ id: 0, name: 'ab', start: bytes.length - 1, end: bytes.length }]);
  });

  it.each(['honest', 'customSections', 'identityDoubled', 'identityMissing'] as const)(
    'are the same as those of the engine: %s',
    async (name) => {
      const bytes = await buildFixture(name);
      const sections = listSections(bytes) ?? [];
      const compiled = await WebAssembly.compile(bytes);
      for (const section of ['cc_lb.plugin.v1', 'cc_lb.plugin.v2', 'producers', '']) {
        const ours = sections.filter((one) => one.name === section);
        const payloads = ours.map(({ start, end }) => Buffer.from(bytes.subarray(start, end)));
        const theirs = WebAssembly.Module.customSections(compiled, section).map((buffer) =>
          Buffer.from(buffer),
        );
        expect(payloads).toEqual(theirs);
      }
    },
  );
});

describe('listing the sections of invalid bytes', () => {
  it.each([
    ['nothing', Uint8Array.of()],
    ['the magic alone', Uint8Array.from(HEADER.slice(0, 4))],
    ['an incomplete header', Uint8Array.from(HEADER.slice(0, 7))],
    ['another magic', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 1, 0, 0, 0)],
    ['another version', Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 2, 0, 0, 0)],
    ['a component', Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0)],
    ['wasm text', Buffer.from('(module)')],
    ['a section without a size', module(1)],
    ['an incomplete size', module(1, 0x80)],
    ['a section that ends after the file', module(1, 2, 0)],
    ['a section of 4 GiB', module(1, 0xff, 0xff, 0xff, 0xff, 0x0f)],
    ['a size past 32 bits', module(1, 0x80, 0x80, 0x80, 0x80, 0x10)],
    ['a size of six bytes', module(1, leb(0, 6))],
    ['a custom section without a name', module(0, 0)],
    ['a name that ends after its section', module(0, 2, 2, 0x61, 1, 0)],
    ['a name length that is incomplete at the end of its section', module(0, 1, 0x80, 0x00)],
    ['a name length past 32 bits', module(0, 5, 0x80, 0x80, 0x80, 0x80, 0x10)],
    ['an extra byte', module(1, 0, 1)],
  ])('returns undefined for %s', (_, bytes) => {
    expect(listSections(bytes)).toBeUndefined();
  });

  it('never throws and never returns ranges outside of the bytes', () => {
    const tail = fc.uint8Array({ maxLength: 200 });
    const ofSections = fc.array(fc.tuple(fc.nat(13), fc.uint8Array({ maxLength: 8 })), { maxLength: 6 });
    fc.assert(
      fc.property(ofSections, tail, (sections, rest) => {
        const bytes = module(
          sections.flatMap(([id, payload]) => [id, payload.length, ...payload]),
          [...rest],
        );
        let last = HEADER.length;
        for (const { start, end } of listSections(bytes) ?? []) {
          expect(start).toBeGreaterThan(last);
          expect(end).toBeGreaterThanOrEqual(start);
          last = end;
        }
        expect(last).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 500 },
    );
  });

  it('returns a list for all bytes that the engine accepts', async () => {
    const honest = await buildFixture('honest');
    const header = listSections(honest)?.map(({ start }) => start - 1) ?? [];
    const changes = fc.array(fc.tuple(fc.constantFrom(...header), fc.nat(255)), { maxLength: 2 });
    fc.assert(
      fc.property(changes, fc.nat(honest.length), fc.boolean(), (edits, cut, isCut) => {
        const bytes = honest.slice(0, isCut ? cut : undefined);
        for (const [at, value] of edits) if (at < bytes.length) bytes[at] = value;
        if (WebAssembly.validate(bytes)) expect(listSections(bytes)).toBeDefined();
      }),
      { numRuns: 500 },
    );
  });
});
