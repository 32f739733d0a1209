import type { DraftSheet } from '../json/json-draft.ts';
import { draftString } from '../json/json-draft.ts';

/** Adds a value to the text, and returns the text to continue with. */
export type Write = (value: unknown, text: string, sheet: DraftSheet) => string;

/** Adds an object's members with their braces. `end` is {@link BARE_END} or a result of {@link endWith}. */
export type WriteMembers = (value: object, text: string, sheet: DraftSheet, end: readonly string[]) => string;

/** One key of an object schema, and how its value is written. */
export interface DraftMember {
  readonly key: string;
  /** Whether its value is a scalar. */
  readonly isScalar: boolean;
  readonly write: Write;
}

/** What the text ends with inside an object: its start, a value, or a string without its closing quotation mark. */
const AFTER = { nothing: 0, value: 1, string: 2 } as const;

/** What is written before a key, by {@link AFTER}. After a string, this includes the string's closing quotation mark. */
const BEFORE_KEY = ['{', ',', '",'] as const;

/** The end of an object without further members, by {@link AFTER}. */
export const BARE_END: readonly string[] = ['{}', '}', '"}'];

/** Returns the end of an object whose last member is this one, by {@link AFTER}. */
export const endWith = (member: string): readonly string[] =>
  BEFORE_KEY.map((before) => `${before}${member}}`);

/** Whether JSON cannot represent the value, so that `JSON.stringify` leaves out its key. */
export const isUnsaid = (value: unknown): boolean =>
  value === undefined || typeof value === 'symbol' || typeof value === 'function';

/** Creates a writer that loops over the members. */
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
 * Creates a writer from generated code, in which the same loop is unrolled so that the engine sees each key as a constant. Returns
 * `undefined` if the platform forbids code from strings. Only the schema's keys are part of the code, each as a literal that
 * `JSON.stringify` wrote.
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

/** The key with its separators, by {@link AFTER}: before any value, and before a string, including its opening quotation mark. */
const textsOf = ({ key }: DraftMember) => ({
  keyTexts: BEFORE_KEY.map((before) => joined(before, JSON.stringify(key), ':')),
  stringKeyTexts: BEFORE_KEY.map((before) => joined(before, JSON.stringify(key), ':"')),
});

/** Joins to a flat string. V8 keeps the parts of a string made with `+` and would join them again for each message. */
const joined = (...parts: readonly string[]): string => parts.join('');
