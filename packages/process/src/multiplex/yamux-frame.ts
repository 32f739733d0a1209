/** The frame types of yamux, the protocol with which go-plugin shares one connection. */
export const FRAME = { data: 0, window: 1, ping: 2, goAway: 3 } as const;
/** The flags of yamux frames. */
export const FLAG = { syn: 1, ack: 2, fin: 4, rst: 8 } as const;

/** The length of a header, in bytes. */
const HEADER_BYTES = 12;

/** The header of a frame: version 0, type, flags, stream and length. */
export interface FrameHeader {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  /** For data, the number of bytes that follow. For other types, a number that depends on the type. */
  readonly length: number;
}

/** Writes a header. */
export const writeHeader = ({ type, flags, stream, length }: FrameHeader): Buffer => {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt8(type, 1);
  header.writeUInt16BE(flags, 2);
  header.writeUInt32BE(stream, 4);
  header.writeUInt32BE(length, 8);
  return header;
};

/** Splits the chunks of a connection into frames. */
export interface FrameReader {
  /** Passes each frame with its data to `take`. Returns false if the bytes are not a valid frame; the connection is then unusable. */
  push(chunk: Buffer, take: (header: FrameHeader, data: Buffer) => void): boolean;
}

/** Creates a reader that refuses frames with more than `mostBytes` bytes of data. */
export const createFrameReader = (mostBytes: number): FrameReader => {
  let rest: Buffer = Buffer.alloc(0);
  return {
    push: (chunk, take) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (rest.length >= HEADER_BYTES) {
        const type = rest.readUInt8(1);
        const length = rest.readUInt32BE(8);
        if (rest.readUInt8(0) !== 0 || type > FRAME.goAway) return false;
        const bytes = type === FRAME.data ? length : 0;
        if (bytes > mostBytes) return false;
        if (rest.length < HEADER_BYTES + bytes) return true;
        const header = { type, flags: rest.readUInt16BE(2), stream: rest.readUInt32BE(4), length };
        const data = rest.subarray(HEADER_BYTES, HEADER_BYTES + bytes);
        rest = rest.subarray(HEADER_BYTES + bytes);
        take(header, data);
      }
      return true;
    },
  };
};
