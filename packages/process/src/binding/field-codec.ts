import type { Shape } from '@plugwire/wire';
import type { Field, Type } from './protobuf.ts';

/** The direction of a message: `write` from the contract to the `.proto`, `read` from the `.proto` to the contract. */
export type Direction = 'write' | 'read';

/** Converts one value between the wire format of a contract and the format of protobufjs. Only one direction is used. */
export interface FieldCodec {
  /** Throws {@link NotWritable} for a value that the field cannot hold. */
  write(value: unknown): unknown;
  read(value: unknown, count: NodeCount): unknown;
}

/** Counts the objects, lists and keys that are read, so that a small message cannot become a large object. */
export interface NodeCount {
  /** Throws {@link TooManyNodes} beyond the limit. */
  add(nodes: number): void;
}

/** Converts whole messages. */
export interface MessageCodec {
  write(value: unknown): object;
  read(value: unknown, count: NodeCount): object;
}

/** Converts one key of a contract's object. */
export interface MemberCodec {
  write(from: Readonly<Record<string, unknown>>, to: Record<string, unknown>): void;
  read(from: Readonly<Record<string, unknown>>, to: Record<string, unknown>, count: NodeCount): void;
}

/** Binds the parts of a message. */
export interface Binder {
  /** Binds an object to a message. */
  object(shape: Shape, type: Type, place: string): MessageCodec;
  /** Binds a value to a field that is not repeated. */
  single(shape: Shape, field: Field, place: string): FieldCodec;
}

/** A field of a message, and the shape that is bound to it. */
export interface BoundField {
  readonly field: Field;
  readonly shape: Shape;
  readonly direction: Direction;
  readonly place: string;
}

/** The error for a value that the `.proto` cannot represent. Its message contains no payload. */
export class NotWritable extends Error {
  override readonly name = 'NotWritable';
}

/** The error for text that the contract cannot read. Its message contains no payload. */
export class NotReadable extends Error {
  override readonly name = 'NotReadable';
}

/** The error for more objects, lists and keys than `limits.outputNodes`. */
export class TooManyNodes extends Error {
  override readonly name = 'TooManyNodes';
}

const same = (value: unknown): unknown => value;

/** A codec for values that have the same format on both sides. */
export const SAME: FieldCodec = { write: same, read: same };
