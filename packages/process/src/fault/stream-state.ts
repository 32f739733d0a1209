import { parseProto } from '../binding/protobuf.ts';
import { asBuffer, fromBase64, toBase64 } from './bytes.ts';

/** What a plugin has said about the beginning of what the host holds back for it. */
export interface Decided {
  /** So many bytes of it. */
  readonly bytes: number;
  /** What goes on in their place; `undefined` if they go on themselves. */
  readonly instead: Buffer | undefined;
}

/** The same for both directions. The host keeps it between two chunks. */
export interface StreamState {
  readonly ingress: Decided | undefined;
  readonly egress: Decided | undefined;
}

const TYPE = parseProto(`
syntax = "proto3";
message Decided { uint32 bytes = 1; optional bytes instead = 2; }
message State { fixed32 mark = 1; Decided ingress = 2; Decided egress = 3; }
`).lookupType('State');
/** A plugin of another kind may have served the stream before. */
const MARK = 0x66_61_75_6c;

const NONE: StreamState = { ingress: undefined, egress: undefined };

/** Reads a state; one that is not of this carrier is none. */
export const readState = (state: string): StreamState => {
  if (state === '') return NONE;
  try {
    const { mark, ingress, egress } = TYPE.decode(fromBase64(state)) as unknown as Fields;
    return mark === MARK ? { ingress: readDecided(ingress), egress: readDecided(egress) } : NONE;
  } catch {
    return NONE;
  }
};

/** Writes a state. Nothing decided is an empty one. */
export const writeState = ({ ingress, egress }: StreamState): string =>
  ingress === undefined && egress === undefined
    ? ''
    : toBase64(TYPE.encode({ mark: MARK, ingress, egress }).finish());

interface Fields {
  readonly mark: number;
  readonly ingress: DecidedFields | null;
  readonly egress: DecidedFields | null;
}

interface DecidedFields {
  readonly bytes: number;
  readonly instead?: Uint8Array;
}

const readDecided = (fields: DecidedFields | null): Decided | undefined => {
  if (fields === null) return undefined;
  const { bytes } = fields;
  const { instead } = fields;
  return {
    bytes,
    instead: Object.hasOwn(fields, 'instead') && instead !== undefined ? asBuffer(instead) : undefined,
  };
};
