import type { DraftSheet } from '../json/json-draft.ts';
import { draftString } from '../json/json-draft.ts';

/** Adds a value to the text, and gives the text. */
export type Write = (value: unknown, text: string, sheet: DraftSheet) => string;

/** Adds an object's members with the braces around them. `end` is one of {@link BARE_END} and what {@link endWith} gives. */
export type WriteMembers = (value: object, text: string, sheet: DraftSheet, end: readonly string[]) => string;

/** A key that a schema names. */
export interface DraftMember {
  readonly key: string;
  /** Its value is a scalar. */
  readonly isScalar: boolean;
  readonly write: Write;
}

/** What the text ends with inside of an object: its start, a value, or a string that lacks its last quotation mark. */
const AFTER = { nothing: 0, value: 1, string: 2 } as const;

/** What is written before a key, by {@link AFTER}: a string before it gets its quotation mark with it. */
const BEFORE_KEY = ['{', ',', '",'] as const;

/** The end of an object that has no more members, by {@link AFTER}. */
export const BARE_END: readonly string[] = ['{}', '}', '"}'];

/** The end of an object that has this member, last of all. */
export const endWith = (member: string): readonly string[] =>
  BEFORE_KEY.map((before) => `${before}${member}}`);

/** Whether JSON has no word for it, so that an object does not show its key. */
export const isUnsaid = (value: unknown): boolean =>
  value === undefined || typeof value === 'symbol' || typeof value === 'function';

/** Writes members one after another, whatever they are. */
export const loopOverMembers = (members: readonly DraftMember[]): WriteMembers => {
  const parts = members.map((member) => ({ ...member, ...textsOf(member) }));
  return (value, text, sheet, end) => {
    let after: number = AFTER.nothing;
    for (const { key, isScalar, keyTexts, stringKeyTexts, write } of parts) {
      const part = (value as Record<string, unknown>)[key];
      if (isUnsaid(part)) continue;
      sheet.quotes += 2;
      if (isScalar && typeof part === 'string') {
        text = draftString(part, text + stringKeyTexts[after], sheet);
        after = AFTER.string;
      } else {
        text = write(part, text + keyTexts[after], sheet);
        after = AFTER.value;
      }
    }
    return text + end[after];
  };
};

/**
 * The same loop, unrolled into code of its own, so that the engine knows each key; `undefined` where code may not be made from
 * strings. Of the schema only its keys get into it, each as a literal that `JSON.stringify` wrote.
 */
export const generateMembersWriter = (members: readonly DraftMember[]): WriteMembers | undefined => {
  const statements = members.map((member, at) => {
    const { keyTexts, stringKeyTexts } = textsOf(member);
    const writeString = `if (typeof part === 'string') {
      sheet.quotes += 2;
      text = draftString(part, text + ${chooseOf(stringKeyTexts)}, sheet);
      after = ${AFTER.string};
    } else`;
    return `part = value[${JSON.stringify(member.key)}];
    ${member.isScalar ? writeString : ''} if (!isUnsaid(part)) {
      sheet.quotes += 2;
      text = writes[${at}](part, text + ${chooseOf(keyTexts)}, sheet);
      after = ${AFTER.value};
    }`;
  });
  const code = `'use strict';
  return (value, text, sheet, end) => {
    let after = ${AFTER.nothing}, part;
    ${statements.join('\n')}
    return text + end[after];
  };`;
  try {
    // oxlint-disable-next-line typescript/no-implied-eval -- see above
    const make = new Function('draftString', 'isUnsaid', 'writes', code) as MakeWriter;
    return make(
      draftString,
      isUnsaid,
      members.map(({ write }) => write),
    );
  } catch {
    return undefined;
  }
};

type MakeWriter = (
  string: typeof draftString,
  isUnsaid: (value: unknown) => boolean,
  writes: readonly Write[],
) => WriteMembers;

const chooseOf = ([start, value, string]: readonly string[]): string =>
  `(after === ${AFTER.string} ? ${JSON.stringify(string)} : after === ${AFTER.value} ? ${JSON.stringify(value)} : ${JSON.stringify(start)})`;

/** The key with what separates it, by {@link AFTER}: before any value, and before a string with its first quotation mark. */
const textsOf = ({ key }: DraftMember) => ({
  keyTexts: BEFORE_KEY.map((before) => joined(before, JSON.stringify(key), ':')),
  stringKeyTexts: BEFORE_KEY.map((before) => joined(before, JSON.stringify(key), ':"')),
});

/** Flat: of what `+` makes, V8 keeps the parts, and would put them together again for each message. */
const joined = (...parts: readonly string[]): string => parts.join('');
