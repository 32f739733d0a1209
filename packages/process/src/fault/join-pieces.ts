import type { CarrierAnswer } from '@plugwire/runtime';

import { asBuffer, fromBase64, toBase64 } from './bytes.ts';
import type { TunnelAnswer } from './plugin-service.ts';

/** A request of `stream_data`, on the contract's wire. */
export interface DataMessage {
  readonly id: string;
  readonly side: 'client' | 'server';
  readonly direction: 'ingress' | 'egress';
  readonly chunk: string;
  readonly held: string;
}

/** Makes one answer of those that a plugin gave to the pieces of a chunk. */
export interface PieceJoiner {
  /** Takes the answer to the next piece; gives the answer to all if no further piece is to be sent. */
  add(piece: Buffer, answer: TunnelAnswer): CarrierAnswer | undefined;
  /** The answer once each piece has one. */
  finish(): CarrierAnswer;
}

/**
 * Creates what joins the answers to the pieces of a chunk. A plugin that buffers keeps what it was given for itself, as with fault, and gives it
 * in a later `replace`. The host holds it back as well, and its policy decides if the plugin never does.
 */
export const createPieceJoiner = ({ held }: Pick<DataMessage, 'held'>): PieceJoiner => {
  /** What goes on. */
  const decided: Buffer[] = [];
  let isChanged = false;
  /** What waits for the plugin. */
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
        // An empty one means the bytes as they are; what was buffered before goes with them.
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
