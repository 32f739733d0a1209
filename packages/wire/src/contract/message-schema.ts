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

/** A message in both forms. They are the same object unless the schema contains a codec. */
export interface Message {
  /** The form for the host's code (`z.output`). */
  readonly host: object;
  /** The form that is sent as JSON, without `_v`. */
  readonly wire: object;
  /** Whether it contains a class instance, a function or a number beyond 2^53 − 1. Its form is then known only from its exact text. */
  readonly foreign: boolean;
}

/** Why a value is not a valid message. `detail` never contains payload. */
export interface MessageFault {
  readonly ok: false;
  readonly reason: WalkReason | 'not_an_object' | 'unreadable' | 'codec_threw';
  readonly detail: string;
}

/** A message, or why the value is not one. */
export type MessageResult = { readonly ok: true; readonly message: Message } | MessageFault;

/** The schema of one message (request or response) of a contract at one version, checked and compiled once. */
export interface MessageSchema {
  /** The shape of the message on the wire. */
  readonly description: MessageDescription;
  /**
   * Validates a value in the host's form and returns a copy in both forms. Reads the value once. Stops at the first fault, or when
   * `timeLeft` returns no more time. Never throws.
   */
  fromHost(value: unknown, timeLeft?: TimeLeft): MessageResult;
  /**
   * Validates a value in the wire's form, as `JSON.parse` returned it, without `_v`. The value itself becomes the message, unless the schema
   * changes something in it. Stops like `fromHost`. Never throws.
   */
  fromWire(value: object, timeLeft?: TimeLeft): MessageResult;
  /** Whether the schema accepts numbers beyond 2^53 − 1 somewhere, so that they must be read exactly. */
  readonly takesLargeNumbers: boolean;
  /** Writes messages of plain data quickly. `undefined` if the schema has a codec, or its shape is too open. */
  readonly draft: DraftWriter | undefined;
}

/**
 * Checks that a schema can be used on the wire, and compiles it. `root` is the word for the value in error messages: `request` or
 * `response`. `where` is the start of the message if the schema is refused, such as `greet version 1, request`.
 *
 * Throws `PlugwireUsageError` `bad_schema`.
 */
export const createMessageSchema = (schema: z.ZodType, root: string, where: string): MessageSchema => {
  const { message: description, traits } = describeSchema(schema, where);
  const fault = createFaults(root);
  const readerFor = (options: Omit<ReaderOptions, 'namesProto'>): Read =>
    compile(schema, { ...options, namesProto: traits.openEnded }, where);

  /** If a value that does not fit is also nested too deep or has a `__proto__` key, that reason is more helpful. */
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

  // Objects that a codec returns may have a toJSON method, which only `JSON.stringify` calls.
  const takesLargeNumbers = traits.openEnded || traits.hasNumber;
  const shared = { description, fromWire, takesLargeNumbers };
  return traits.hasCodec
    ? { ...shared, fromHost: createFromCodecHost(), draft: undefined }
    : { ...shared, fromHost: createFromPlainHost(), draft: createDraftWriter(description) };
};

/** Returns what is wrong with the form of a written message. Only a `toJSON` method can hide such a fault until then. */
export const findWrittenFault = (message: Message, text: string): JsonFault | undefined =>
  message.foreign ? findJsonFault(JSON.parse(text)) : undefined;

const compile = (schema: z.ZodType, options: ReaderOptions, where: string): Read => {
  try {
    return createReader(schema, options);
  } catch {
    throw new PlugwireUsageError(
      'bad_schema',
      `${where}: zod cannot use the schema: options of a discriminated union have the same value for the key, or no such key. Give each option a different value.`,
    );
  }
};

/** Returns the fault in the form of a value if it is among its first few thousand parts. */
const findFormSoon = (value: unknown): JsonFault | undefined => {
  const walk = new Walk(() => 0);
  if (checkForm(value, 1, walk)) return undefined;
  return walk.reason === 'too_deep' || walk.reason === 'proto_key' ? walk.reason : undefined;
};

/** Copies the root to a plain object. Keys that the schema names are included even if a class defines them on its prototype. */
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
