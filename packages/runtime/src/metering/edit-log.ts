/**
 * The edits of function bodies, in the order of the bytes. Parallel arrays of numbers, because a module of 16 MiB can need 17 million
 * edits. Only the first `length` elements of each array are used.
 */
export interface EditLog {
  length: number;
  /** One of `EDIT` each. */
  kinds: Uint8Array;
  /** The offset in the module before which the edit is made. Offsets never decrease. */
  positions: Int32Array;
  /** Depends on the kind: a weight, an offset or the number of another edit. It has more than 32 bits if it combines an offset and a size. */
  values: Float64Array;
}

const FIRST_CAPACITY = 1_024;

/** Creates an empty log. */
export const createEditLog = (): EditLog => ({
  length: 0,
  kinds: new Uint8Array(FIRST_CAPACITY),
  positions: new Int32Array(FIRST_CAPACITY),
  values: new Float64Array(FIRST_CAPACITY),
});

/** Adds an edit at the end. */
export const pushEdit = (edits: EditLog, kind: number, position: number, value: number): void => {
  if (edits.length === edits.kinds.length) grow(edits);
  edits.kinds[edits.length] = kind;
  edits.positions[edits.length] = position;
  edits.values[edits.length] = value;
  edits.length += 1;
};

const grow = (edits: EditLog): void => {
  const { kinds, positions, values } = edits;
  edits.kinds = new Uint8Array(kinds.length * 2);
  edits.kinds.set(kinds);
  edits.positions = new Int32Array(positions.length * 2);
  edits.positions.set(positions);
  edits.values = new Float64Array(values.length * 2);
  edits.values.set(values);
};
