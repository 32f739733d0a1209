import type { DispatchError } from '@plugwire/runtime';
import { callError } from '@plugwire/runtime';
import { type MessageDescription, stageFailure } from '@plugwire/wire';

import { refuseBinding } from '../binding/bad-binding.ts';
import { bindMessage, createBinder } from '../binding/bind-message.ts';
import {
  type Direction,
  type MessageCodec,
  type NodeCount,
  NotReadable,
  NotWritable,
  TooManyNodes,
} from '../binding/field-codec.ts';
import type { ProtoMethod } from '../binding/load-proto.ts';
import type { Type } from '../binding/protobuf.ts';

/** Encodes a message of a contract as messages of a `.proto`: one, or those of a stream. The fields of `extra` are set in each. */
export type PartWriter = (
  message: object,
  extra?: Readonly<Record<string, unknown>>,
) => { readonly ok: true; readonly parts: readonly Uint8Array[] } | Failed;

/** Decodes messages of a `.proto` to one message of a contract. */
export type PartReader = (
  parts: readonly Uint8Array[],
  mostNodes: number,
) => { readonly ok: true; readonly body: object } | Failed;

interface Failed {
  readonly ok: false;
  readonly error: DispatchError;
}

/** Binds the request of a contract to the request of a method. Throws `PlugwireUsageError` `bad_binding`. */
export const bindRequest = (
  description: MessageDescription,
  { requestType }: ProtoMethod,
  stream: string | undefined,
  place: string,
  direction: 'write',
): PartWriter => createWriter(requestType, bindParts(description, requestType, stream, place, direction));

/** Binds the response of a contract to the response of a method. Throws `PlugwireUsageError` `bad_binding`. */
export const bindResponse = (
  description: MessageDescription,
  { responseType }: ProtoMethod,
  stream: string | undefined,
  place: string,
  direction: 'read',
): PartReader => createReader(responseType, bindParts(description, responseType, stream, place, direction));

interface Parts {
  readonly codec: MessageCodec;
  /** The key that holds the list of messages. */
  readonly stream: string | undefined;
}

/** Binds a message, or the elements of its only list. Throws `PlugwireUsageError` `bad_binding`. */
export const bindParts = (
  description: MessageDescription,
  type: Type,
  stream: string | undefined,
  place: string,
  direction: Direction,
): Parts => {
  if (stream === undefined) return { codec: bindMessage(description, type, direction, place), stream };
  const { shape } = description;
  const [member, ...others] = shape.kind === 'object' ? shape.members : [];
  if (member?.key !== stream || member.shape.kind !== 'list' || others.length > 0) {
    return refuseBinding(
      place,
      `the method has a stream: expected an object with the list ${JSON.stringify(stream)} and no other key.`,
    );
  }
  const codec = createBinder(description, direction).object(
    member.shape.element,
    type,
    `${place}.${stream}[]`,
  );
  return { codec, stream };
};

/** Creates a writer of bound messages. */
export const createWriter =
  (type: Type, { codec, stream }: Parts): PartWriter =>
  (message, extra) => {
    const written = (value: unknown): Uint8Array => {
      const fields = codec.write(value);
      return type.encode(extra === undefined ? fields : { ...fields, ...extra }).finish();
    };
    try {
      const parts =
        stream === undefined
          ? [written(message)]
          : ((message as Readonly<Record<string, unknown>>)[stream] as readonly unknown[]).map(written);
      return { ok: true, parts };
    } catch (error) {
      const reason = error instanceof NotWritable ? error.message : 'a value does not fit its field';
      return failed(stageFailure('serialize_request', 'not_serializable', `request: ${reason}`));
    }
  };

/** Creates a reader of bound messages. */
export const createReader =
  (type: Type, { codec, stream }: Parts): PartReader =>
  (parts, mostNodes) => {
    const count = createCount(mostNodes);
    const read = (part: Uint8Array): object => codec.read(type.decode(part), count);
    try {
      if (stream === undefined) return { ok: true, body: read(parts[0] ?? new Uint8Array()) };
      count.add(parts.length);
      return { ok: true, body: { [stream]: parts.map(read) } };
    } catch (error) {
      return failed(readingError(error, mostNodes));
    }
  };

const failed = ({ stage, code, message }: DispatchError): Failed => ({
  ok: false,
  error: { stage, code, message },
});

const readingError = (error: unknown, mostNodes: number): DispatchError => {
  if (error instanceof TooManyNodes) return callError('output_too_complex', `at most ${mostNodes}`);
  if (error instanceof NotReadable)
    return stageFailure('deserialize_response', 'not_utf8', 'response: bytes of a text are not UTF-8');
  // Errors of protobufjs may quote payload.
  return stageFailure(
    'deserialize_response',
    'not_protobuf',
    'response: not the message that the .proto declares',
  );
};

const createCount = (most: number): NodeCount => {
  let nodes = 0;
  return {
    add: (more) => {
      nodes += more;
      if (nodes > most) throw new TooManyNodes();
    },
  };
};
