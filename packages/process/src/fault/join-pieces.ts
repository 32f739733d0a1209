import type { CarrierAnswer } from '@plugwire/runtime';

import { asBuffer, fromBase64, toBase64 } from './bytes.ts';
import type { TunnelAnswer } from './plugin-service.ts';
import { type Decided, readState, writeState } from './stream-state.ts';

/** A request of `stream_data`, on the contract's wire. */
export interface DataMessage {
  readonly id: string;
  readonly side: 'client' | 'server';
  readonly direction: 'ingress' | 'egress';
  readonly chunk: string;
  readonly held: string;
  readonly is_end: boolean;
  readonly state: string;
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
 * in a later `replace`. The host holds it back as well, and releases it if the plugin does not.
 *
 * A plugin may let the first pieces pass, and buffer the last one. The whole chunk is then held back, and what was decided is in the state.
 */
export const createPieceJoiner = (message: DataMessage): PieceJoiner => {
  const { direction, is_end: isEnd } = message;
  const held = fromBase64(message.held);
  const state = readState(message.state);
  const before = fitting(state[direction], held);
  /** What goes on, as far as that is decided. */
  const decided: Buffer[] = before === undefined ? [] : [before.instead ?? held.subarray(0, before.bytes)];
  let decidedBytes = before?.bytes ?? 0;
  let isChanged = before?.instead !== undefined;
  /** What waits for the plugin. */
  let waiting: Buffer = held.subarray(decidedBytes);
  let releaseMs: number | null = null;

  const decide = (bytes: Buffer, isSame: boolean): void => {
    decided.push(bytes);
    decidedBytes += waiting.length;
    isChanged ||= !isSame;
    waiting = EMPTY;
  };
  const nextState = (next: Decided | undefined): string | null =>
    next === undefined && state[direction] === undefined ? null : writeState({ ...state, [direction]: next });

  return {
    add: (piece, { pass_through: pass, replace, buffer, close }) => {
      waiting = Buffer.concat([waiting, piece]);
      if (pass) {
        const bytes = asBuffer(pass.chunk);
        const isSame = bytes.length === 0 || bytes.equals(piece) || bytes.equals(waiting);
        decide(isSame ? waiting : bytes, isSame);
      } else if (replace) {
        const bytes = asBuffer(replace.modified_chunk);
        decide(bytes, bytes.equals(waiting));
      } else if (buffer) {
        const { estimated_time_to_release_ms: ms } = buffer;
        releaseMs = ms > 0 ? ms : null;
      } else if (close) return answer({ kind: 'close', reason: close.reason }, null);
      else return NO_ACTION;
      return undefined;
    },
    finish: () => {
      if (isEnd) decide(waiting, true);
      if (waiting.length > 0) {
        const instead = isChanged ? Buffer.concat(decided) : undefined;
        const next = decidedBytes > 0 ? { bytes: decidedBytes, instead } : undefined;
        return answer({ kind: 'hold', release_ms: releaseMs }, nextState(next));
      }
      const done = nextState(undefined);
      if (!isChanged) return answer({ kind: 'pass' }, done);
      return answer({ kind: 'replace', chunk: toBase64(Buffer.concat(decided)) }, done);
    },
  };
};

const EMPTY = Buffer.alloc(0);

/** What was decided about bytes that the host has released meanwhile does not count any more. */
const fitting = (decided: Decided | undefined, held: Buffer): Decided | undefined =>
  decided !== undefined && decided.bytes <= held.length ? decided : undefined;

const answer = (action: object, state: string | null): CarrierAnswer => ({
  ok: true,
  body: { action, state },
});

/** The contract refuses it. */
const NO_ACTION: CarrierAnswer = { ok: true, body: { state: null } };
