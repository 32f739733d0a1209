import type { CallMemory } from '../kernel/call-memory.ts';
import { refuseCall } from './call-refusal.ts';

/**
 * Numbers in blocks of memory, as Extism's PDKs pass them to and from host functions. They are little-endian and have the size of their
 * type. A `bool` is one byte, 0 or 1.
 */
export const NUMBER_BLOCK_KINDS = [
  'i32-block',
  'u32-block',
  'i64-block',
  'u64-block',
  'f32-block',
  'f64-block',
  'bool-block',
] as const;
/** One of {@link NUMBER_BLOCK_KINDS}. */
export type NumberBlockKind = (typeof NUMBER_BLOCK_KINDS)[number];

/** The TypeScript type of a kind. */
export type NumberBlockValue<Kind extends NumberBlockKind> = Kind extends 'i64-block' | 'u64-block'
  ? bigint
  : Kind extends 'bool-block'
    ? boolean
    : number;

interface Layout {
  readonly bytes: number;
  get(view: DataView): number | bigint | boolean | undefined;
  set(view: DataView, value: never): void;
}

const LAYOUTS: Readonly<Record<NumberBlockKind, Layout>> = {
  'i32-block': {
    bytes: 4,
    get: (view) => view.getInt32(0, true),
    set: (view, value: number) => view.setInt32(0, value, true),
  },
  'u32-block': {
    bytes: 4,
    get: (view) => view.getUint32(0, true),
    set: (view, value: number) => view.setUint32(0, value, true),
  },
  'i64-block': {
    bytes: 8,
    get: (view) => view.getBigInt64(0, true),
    set: (view, value: bigint) => view.setBigInt64(0, value, true),
  },
  'u64-block': {
    bytes: 8,
    get: (view) => view.getBigUint64(0, true),
    set: (view, value: bigint) => view.setBigUint64(0, value, true),
  },
  'f32-block': {
    bytes: 4,
    get: (view) => view.getFloat32(0, true),
    set: (view, value: number) => view.setFloat32(0, value, true),
  },
  'f64-block': {
    bytes: 8,
    get: (view) => view.getFloat64(0, true),
    set: (view, value: number) => view.setFloat64(0, value, true),
  },
  'bool-block': {
    bytes: 1,
    get: (view) => (view.getUint8(0) > 1 ? undefined : view.getUint8(0) === 1),
    set: (view, value: boolean) => view.setUint8(0, Number(value)),
  },
};

/** Returns whether a type is one of {@link NUMBER_BLOCK_KINDS}. */
export const isNumberBlockKind = (type: unknown): type is NumberBlockKind =>
  NUMBER_BLOCK_KINDS.some((kind) => kind === type);

/** Reads a number from its block. Ends the call with `bad_handle`, or with `bad_argument` for a block of another length. */
export const readNumberBlock = (
  kind: NumberBlockKind,
  handle: bigint,
  memory: CallMemory,
  what: string,
): number | bigint | boolean => {
  const layout = LAYOUTS[kind];
  const length = handle === 0n ? 0 : memory.length(handle);
  if (length < 0) return refuseCall('bad_handle', what);
  const bytes = length === layout.bytes ? memory.read(handle) : undefined;
  const value = bytes === undefined ? undefined : layout.get(new DataView(bytes.buffer));
  if (value !== undefined) return value;
  return refuseCall(
    'bad_argument',
    length === layout.bytes
      ? `${what} is a block whose byte is neither 0 nor 1`
      : `${what} is a block of ${length} bytes, but ${kind} has ${layout.bytes}, little-endian: pass the handle of such a block, not the number itself`,
  );
};

/**
 * Returns the bytes of a number as a guest passes it to a host function. For tests that act as a guest.
 *
 * @example
 * numberBlockBytes('u64-block', 258n); // Uint8Array [2, 1, 0, 0, 0, 0, 0, 0]
 */
export const numberBlockBytes = <Kind extends NumberBlockKind>(
  kind: Kind,
  value: NumberBlockValue<Kind>,
): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(LAYOUTS[kind].bytes);
  LAYOUTS[kind].set(new DataView(bytes.buffer), value as never);
  return bytes;
};
