import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createDraftSheet, draftExact, finishDraft } from '../json/json-draft.ts';
import { BARE_END, endWith, generateMembersWriter, loopOverMembers, type Write } from './members-writer.ts';

const writeJson: Write = (value, text, sheet) => draftExact(JSON.stringify(value), text, sheet);

/** Includes keys that would end a literal, a statement or a template if they were not escaped. */
const anyKey = fc
  .oneof(
    fc.string(),
    fc.string({ unit: fc.constantFrom('"', "'", '`', '\\', '$', '{', '}', '/', '*', '\n', '\u2028', 'a') }),
    fc.constantFrom('"];process.exit()//', '${1}', "'", '*/', '\u2029', 'part', 'after', 'text', '0', '-1'),
  )
  .filter((key) => key !== '__proto__' && key !== 'toJSON');
const anyValue = fc.oneof(
  fc.string(),
  fc.string({ minLength: 510, maxLength: 515 }),
  fc.jsonValue(),
  fc.constantFrom(undefined, Symbol('s')),
);
const anyMembers = fc.uniqueArray(fc.tuple(anyKey, fc.boolean(), anyValue), {
  selector: ([key]) => key,
  maxLength: 6,
});

describe('generateMembersWriter', () => {
  it('writes the same as loopOverMembers and JSON.stringify, for any keys and values', () => {
    fc.assert(
      fc.property(anyMembers, fc.boolean(), (entries, hasEnvelope) => {
        const members = entries.map(([key, isScalar]) => ({ key, isScalar, write: writeJson }));
        const value = Object.fromEntries(entries.map(([key, , part]) => [key, part]));
        const drafts = [generateMembersWriter(members), loopOverMembers(members)].map((write) => {
          const sheet = createDraftSheet();
          const text = write?.(value, '', sheet, hasEnvelope ? endWith('"_v":7') : BARE_END) ?? 'no code';
          const { pieces, quotes } = finishDraft(text, sheet, () => '');
          return { pieces, quotes };
        });
        expect(drafts[0]).toStrictEqual(drafts[1]);
        // Strings are written without a check for escapes. The code that stores the text does that.
        const isPlain = entries.every(([, , part]) => typeof part !== 'string' || isWithoutEscape(part));
        // Built in the order of the members, because an object would put numeric keys first.
        const said = entries.filter(([, , part]) => part !== undefined && typeof part !== 'symbol');
        const written = said.map(([key, , part]) => `${JSON.stringify(key)}:${JSON.stringify(part)}`);
        if (isPlain)
          expect(drafts[0]?.pieces.join('')).toBe(
            `{${[...written, ...(hasEnvelope ? ['"_v":7'] : [])].join(',')}}`,
          );
      }),
      { numRuns: 1000 },
    );
  });
});

const isWithoutEscape = (text: string): boolean => JSON.stringify(text) === `"${text}"`;
