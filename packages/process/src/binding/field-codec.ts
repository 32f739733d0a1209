import type { Shape } from '@plugwire/wire';
import type { Field, Type } from './protobuf.ts';

/** Which way messages go: `write` from the contract to the `.proto`, `read` back. */
export type Direction = 'write' | 'read';

/** Translates one value between the form of a contract's wire and that of protobufjs. Only one direction is used. */
export interface FieldCodec {
  /** Throws {@link NotWritable} for a value that the field cannot hold. */
  write(value: unknown): unknown;
  read(value: unknown, count: NodeCount): unknown;
}

/** Counts what is read, so that a small message cannot become a large object. */
export interface NodeCount {
  /** Throws {@link TooManyNodes} beyond the limit. */
  add(nodes: number): void;
}

/** Translates whole messages. */
export interface MessageCodec {
  write(value: unknown): object;
  read(value: unknown, count: NodeCount): object;
}

/** One key of a contract's object. */
export interface MemberCodec {
  write(from: Readonly<Record<string, unknown>>, to: Record<string, unknown>): void;
  read(from: Readonly<Record<string, unknown>>, to: Record<string, unknown>, count: NodeCount): void;
}

/** Binds the parts of a message. */
export interface Binder {
  /** An object to a message. */
  object(shape: Shape, type: Type, place: string): MessageCodec;
  /** A value to a field that is not repeated. */
  single(shape: Shape, field: Field, place: string): FieldCodec;
}

/** A field of a message, and the shape that is bound to it. */
export interface BoundField {
  readonly field: Field;
  readonly shape: Shape;
  readonly direction: Direction;
  readonly place: string;
}

/** A value that the `.proto` cannot carry. The message holds no payload. */
export class NotWritable extends Error {
  override readonly name = 'NotWritable';
}

/** Text that is not what the contract says. */
export class NotReadable extends Error {
  override readonly name = 'NotReadable';
}

/** More objects, lists and keys than `limits.outputNodes`. */
export class TooManyNodes extends Error {
  override readonly name = 'TooManyNodes';
}

const same = (value: unknown): unknown => value;

/** A value that both sides have in the same form. */
export const SAME: FieldCodec = { write: same, read: same };
