import { z } from 'zod';

import type { JsonFault } from '../json/walk-json.ts';
import { findJsonFault } from '../json/walk-json.ts';
import { snapshot } from '../json/snapshot.ts';
import { checkSchema } from './check-schema.ts';
import { createDraftWriter, type DraftWriter } from './create-draft-writer.ts';
import { describeIssues } from './describe-issues.ts';

/** A value in both its forms. They are one object unless the schema holds a codec. */
export interface Message {
  /** What the host's code sees (`z.output`). */
  readonly host: object;
  /** What JSON carries. */
  readonly wire: object;
  /** Holds an object of a class, a function or a number beyond 2^53 − 1, so that its form is known only from its exact text. */
  readonly foreign: boolean;
}

/** Why a value is no message of this schema; `detail` holds no payload. */
export interface MessageFault {
  readonly ok: false;
  readonly reason: JsonFault | 'not_an_object' | 'schema_mismatch' | 'unreadable' | 'codec_threw';
  readonly detail: string;
}

/** A message, or why there is none. */
export type MessageResult = { readonly ok: true; readonly message: Message } | MessageFault;

/** One direction of a contract at one version: a schema, checked and compiled once, with its two readings. */
export interface MessageSchema {
  /** From the host's form: validates, and gives a copy in both forms. Reads the value once. Never throws. */
  fromHost(value: unknown): MessageResult;
  /** From the wire's form, as `JSON.parse` gave it and without `_v`. Never throws. */
  fromWire(value: object): MessageResult;
  /** Has a place for numbers beyond 2^53 − 1, so that they have to be read exactly. */
  readonly takesLargeNumbers: boolean;
  /** Writes messages of plain data, the quick way; `undefined` where the schema gives no hold for it. */
  readonly draft: DraftWriter | undefined;
}

/**
 * Checks a schema for the wire and compiles it.
 *
 * Throws `PlugwireUsageError` `bad_schema`. `root` is the word that messages use for the value: `request` or `response`.
 */
export const createMessageSchema = (schema: z.ZodType, root: string, where: string): MessageSchema => {
  const traits = checkSchema(schema, where);
  const compiled = z.compile(schema);
  const fault = createFaults(schema, root);
  const parse = (value: unknown, foreign: boolean): MessageResult => {
    const result = compiled.safeParse(value);
    if (!result.success) return fault.mismatch(result.error.issues);
    const message = result.data as object;
    return { ok: true, message: { host: message, wire: message, foreign } };
  };

  const fromPlainHost = (value: unknown): MessageResult => {
    try {
      if (!isObject(value)) return fault.notAnObject();
      if (!traits.openEnded && !traits.hasUnion) return parse(value, false);
      const copy = snapshot(value);
      return copy.ok ? parse(copy.value, copy.foreign) : fault.form(copy.fault);
    } catch {
      return fault.unreadable();
    }
  };

  const fromCodecHost = (value: unknown): MessageResult => {
    const copy = readOnce(value, traits.rootKeys);
    if (copy === undefined) return fault.unreadable();
    if (!copy.ok) return fault.form(copy.fault);
    try {
      const result = z.safeEncode(schema, copy.value);
      if (!result.success) return fault.mismatch(result.error.issues);
      const form = findJsonFault(result.data);
      if (form !== undefined) return fault.form(form);
      return isObject(result.data)
        ? { ok: true, message: { host: copy.value as object, wire: result.data, foreign: copy.foreign } }
        : fault.notAnObject();
    } catch {
      return fault.codecThrew();
    }
  };

  const fromWire = (value: object): MessageResult => {
    try {
      const form = traits.openEnded ? findJsonFault(value) : undefined;
      return form === undefined ? parse(value, false) : fault.form(form);
    } catch {
      return fault.codecThrew();
    }
  };

  // A codec's own objects may have a toJSON, which only `JSON.stringify` asks.
  const takesLargeNumbers = traits.openEnded || traits.hasNumber;
  return traits.hasCodec
    ? { fromHost: fromCodecHost, fromWire, takesLargeNumbers, draft: undefined }
    : { fromHost: fromPlainHost, fromWire, takesLargeNumbers, draft: createDraftWriter(schema) };
};

/** What is wrong with the form of a message once it is written: only what has a `toJSON` can hide it until then. */
export const findWrittenFault = (message: Message, text: string): JsonFault | undefined =>
  message.foreign ? findJsonFault(JSON.parse(text)) : undefined;

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const readOnce = (
  value: unknown,
  rootKeys: ReadonlySet<string> | undefined,
): ReturnType<typeof snapshot> | undefined => {
  try {
    return snapshot(rootKeys === undefined || !isObject(value) ? value : plainRoot(value, rootKeys));
  } catch {
    return undefined;
  }
};

/** The root as a plain object, with what its schema names even where a class keeps it on its prototype. */
const plainRoot = (value: object, keys: ReadonlySet<string>): object => {
  const root: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(value), ...keys])) {
    if (key in value) Object.defineProperty(root, key, { value: (value as never)[key], enumerable: true });
  }
  return root;
};

const createFaults = (schema: z.ZodType, root: string) => {
  const no = (reason: MessageFault['reason'], detail: string): MessageFault => ({
    ok: false,
    reason,
    detail,
  });
  return {
    mismatch: (issues: readonly z.core.$ZodIssue[]) =>
      no('schema_mismatch', describeIssues(schema, root, issues)),
    notAnObject: () => no('not_an_object', `${root}: expected an object`),
    unreadable: () =>
      no('unreadable', `${root}: a getter, a proxy or a check of the schema threw while it was read`),
    codecThrew: () => no('codec_threw', `${root}: a codec or a check of the schema threw`),
    form: (fault: JsonFault) =>
      fault === 'too_deep'
        ? no(fault, `${root}: nests deeper than 128 levels`)
        : no(fault, `${root}: has a "__proto__" key`),
  };
};
