import type { CarrierAnswer } from '@plugwire/runtime';

import { asBuffer, fromBase64, toBase64 } from './bytes.ts';
import type { TunnelAnswer } from './plugin-service.ts';

/** A request of `stream_data`, in the wire format of the contract. */
export interface DataMessage {
  readonly id: string;
  readonly side: 'client' | 'server';
  readonly direction: 'ingress' | 'egress';
  readonly chunk: string;
  readonly held: string;
}

/** Joins the answers of a plugin to the pieces of a chunk into one answer. */
export interface PieceJoiner {
  /** Adds the answer to the next piece. Returns the joined answer if no further piece has to be sent. */
  add(piece: Buffer, answer: TunnelAnswer): CarrierAnswer | undefined;
  /** Returns the joined answer after the last piece. */
  finish(): CarrierAnswer;
}

/**
 * Creates a joiner for the pieces of a chunk. As in fault, a plugin that buffers keeps the bytes and returns them in a later `replace`. The
 * host holds the bytes back too. Its policy applies if the plugin never returns them.
 */
export const createPieceJoiner = ({ held }: Pick<DataMessage, 'held'>): PieceJoiner => {
  /** The bytes to forward. */
  const decided: Buffer[] = [];
  let isChanged = false;
  /** The bytes that the plugin buffers. */
  let waiting: Buffer = fromBase64(held);
  let releaseMs: number | null = null;

  const decide = (bytes: Buffer): void => {
    decided.push(bytes);
    isChanged ||= !bytes.equals(waiting);
    waiting = EMPTY;
  };

  return {
    add: (piece, { pass_through: pass, replace, buffer, close }) => {
      waiting = waiting.length === 0 ? piece : Buffer.concat([waiting, piece]);
      if (pass) {
        const bytes = asBuffer(pass.chunk);
        // An empty `replace` forwards the bytes unchanged, together with the bytes that were buffered before.
        decide(bytes.length === 0 || bytes.equals(piece) ? waiting : bytes);
      } else if (replace) decide(asBuffer(replace.modified_chunk));
      else if (buffer) {
        const { estimated_time_to_release_ms: ms } = buffer;
        releaseMs = ms > 0 ? ms : null;
      } else if (close) return answer({ kind: 'close', reason: close.reason });
      else return NO_ACTION;
      return undefined;
    },
    finish: () => {
      const isHeld = waiting.length > 0;
      if (isHeld && decided.length === 0) return answer({ kind: 'hold', release_ms: releaseMs });
      if (!isHeld && !isChanged) return answer({ kind: 'pass' });
      const chunk = toBase64(Buffer.concat(decided));
      return answer({ kind: 'replace', chunk, held: isHeld ? toBase64(waiting) : null });
    },
  };
};

const EMPTY = Buffer.alloc(0);

const answer = (action: object): CarrierAnswer => ({ ok: true, body: { action, state: null } });

/** The contract refuses it. */
const NO_ACTION: CarrierAnswer = { ok: true, body: { state: null } };
