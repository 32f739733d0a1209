import type { z } from 'zod';

import type { MessageDescription } from '../shape/contract-description.ts';
import { describeSchema } from '../shape/describe-schema.ts';
import type { JsonFault } from '../json/walk-json.ts';
import { findJsonFault } from '../json/walk-json.ts';
import { PlugwireUsageError } from '../base/usage-error.ts';
import { createDraftWriter, type DraftWriter } from './create-draft-writer.ts';
import { createReader, type ReaderOptions } from './read/create-reader.ts';
import { checkForm, copyForm } from './read/open-form.ts';
import type { Read } from './read/reader.ts';
import { isObject } from './read/value-kinds.ts';
import { MISFIT, type TimeLeft, Walk, type WalkReason } from './read/walk.ts';

/** A value in both its forms. They are one object unless the schema holds a codec. */
export interface Message {
  /** What the host's code sees (`z.output`). */
  readonly host: object;
  /** What JSON carries. */
  readonly wire: object;
  /** Holds an object of a class, a function or a number beyond 2^53 − 1, so that its form is known only from its exact text. */
  readonly foreign: boolean;
}

/** Why a value is not a message of this schema; `detail` holds no payload. */
export interface MessageFault {
  readonly ok: false;
  readonly reason: WalkReason | 'not_an_object' | 'unreadable' | 'codec_threw';
  readonly detail: string;
}

/** A message, or why there is none. */
export type MessageResult = { readonly ok: true; readonly message: Message } | MessageFault;

/** One direction of a contract at one version: a schema, checked and compiled once, with its two readings. */
export interface MessageSchema {
  /** The message as it is on the wire. */
  readonly description: MessageDescription;
  /**
   * From the host's form: validates, and gives a copy in both forms. Reads the value once, and stops at the first misfit, or when
   * `timeLeft` says that there is no time left. Never throws.
   */
  fromHost(value: unknown, timeLeft?: TimeLeft): MessageResult;
  /**
   * From the wire's form, as `JSON.parse` gave it and without `_v`; it is the message then, unless the schema changes something in it.
   * Stops as `fromHost` does. Never throws.
   */
  fromWire(value: object, timeLeft?: TimeLeft): MessageResult;
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
  const { message: description, traits } = describeSchema(schema, where);
  const fault = createFaults(root);
  const readerFor = (options: Omit<ReaderOptions, 'namesProto'>): Read =>
    compile(schema, { ...options, namesProto: traits.openEnded }, where);

  /** A value that does not fit may hold what is forbidden everywhere: that says more, if it is found soon. */
  const explain = (walk: Walk, value: unknown): MessageFault =>
    (walk.reason === 'schema_mismatch' && traits.openEnded ? fault.form(findFormSoon(value)) : undefined) ??
    fault.misfit(walk);

  const createFromPlainHost = (): MessageSchema['fromHost'] => {
    const read = readerFor({ direction: 'decode', origin: 'caller' });
    return (value, timeLeft) => {
      try {
        if (!isObject(value)) return fault.notAnObject();
        const walk = new Walk(timeLeft);
        const message = read(value, 1, walk);
        if (message === MISFIT) return explain(walk, value);
        return {
          ok: true,
          message: { host: message as object, wire: message as object, foreign: walk.foreign },
        };
      } catch {
        return fault.unreadable();
      }
    };
  };

  const createFromCodecHost = (): MessageSchema['fromHost'] => {
    const encode = readerFor({ direction: 'encode', origin: 'copied' });
    return (value, timeLeft) => {
      const walk = new Walk(timeLeft);
      let copy: unknown;
      try {
        copy = copyForm(plainRoot(value, traits.rootKeys), 1, walk);
      } catch {
        return fault.unreadable();
      }
      if (copy === MISFIT) return fault.misfit(walk);
      try {
        const wire = encode(copy, 1, walk);
        if (wire === MISFIT || !checkForm(wire, 1, walk)) return fault.misfit(walk);
        return isObject(wire)
          ? { ok: true, message: { host: copy as object, wire, foreign: walk.foreign } }
          : fault.notAnObject();
      } catch {
        return fault.codecThrew();
      }
    };
  };

  const readWire = readerFor({ direction: 'decode', origin: 'ours' });
  const fromWire: MessageSchema['fromWire'] = (value, timeLeft) => {
    try {
      const walk = new Walk(timeLeft);
      const message = readWire(value, 1, walk);
      if (message === MISFIT) return explain(walk, value);
      return { ok: true, message: { host: message as object, wire: message as object, foreign: false } };
    } catch {
      return fault.codecThrew();
    }
  };

  // A codec's own objects may have a toJSON, which only `JSON.stringify` asks.
  const takesLargeNumbers = traits.openEnded || traits.hasNumber;
  const shared = { description, fromWire, takesLargeNumbers };
  return traits.hasCodec
    ? { ...shared, fromHost: createFromCodecHost(), draft: undefined }
    : { ...shared, fromHost: createFromPlainHost(), draft: createDraftWriter(description) };
};

/** What is wrong with the form of a message once it is written: only what has a `toJSON` can hide it until then. */
export const findWrittenFault = (message: Message, text: string): JsonFault | undefined =>
  message.foreign ? findJsonFault(JSON.parse(text)) : undefined;

const compile = (schema: z.ZodType, options: ReaderOptions, where: string): Read => {
  try {
    return createReader(schema, options);
  } catch {
    throw new PlugwireUsageError(
      'bad_schema',
      `${where}: zod cannot use it: the options of a discriminated union share a value of their key, or lack the key. Give each option a value of its own.`,
    );
  }
};

/** The fault in the form of a value, if a look at its first few thousand values finds one. */
const findFormSoon = (value: unknown): JsonFault | undefined => {
  const walk = new Walk(() => 0);
  if (checkForm(value, 1, walk)) return undefined;
  return walk.reason === 'too_deep' || walk.reason === 'proto_key' ? walk.reason : undefined;
};

/** The root as a plain object, with what its schema names even where a class keeps it on its prototype. */
const plainRoot = (value: unknown, keys: ReadonlySet<string> | undefined): unknown => {
  if (keys === undefined || !isObject(value)) return value;
  const root: Record<string, unknown> = {};
  for (const key of new Set([...Object.keys(value), ...keys])) {
    if (key in value) Object.defineProperty(root, key, { value: (value as never)[key], enumerable: true });
  }
  return root;
};

const createFaults = (root: string) => {
  const no = (reason: MessageFault['reason'], detail: string): MessageFault => ({
    ok: false,
    reason,
    detail,
  });
  const form = (fault: JsonFault): MessageFault =>
    fault === 'too_deep'
      ? no(fault, `${root}: nests deeper than 128 levels`)
      : no(fault, `${root}: has a "__proto__" key`);
  return {
    misfit: ({ reason, path, text }: Walk) =>
      reason === 'too_deep' || reason === 'proto_key' ? form(reason) : no(reason, `${root}${path}: ${text}`),
    notAnObject: () => no('not_an_object', `${root}: expected an object`),
    unreadable: () =>
      no('unreadable', `${root}: a getter, a proxy or a check of the schema threw while it was read`),
    codecThrew: () => no('codec_threw', `${root}: a codec or a check of the schema threw`),
    form: (fault: JsonFault | undefined) => (fault === undefined ? undefined : form(fault)),
  };
};
