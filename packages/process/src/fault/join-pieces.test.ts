import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createPieceJoiner, type DataMessage } from './join-pieces.ts';
import type { TunnelAnswer } from './plugin-service.ts';

const NONE = Buffer.alloc(0);

/** What a host keeps for one direction of a stream, and what has gone on. */
interface Stream {
  held: Buffer;
  state: string;
  readonly out: Buffer[];
}

interface Body {
  readonly action: { readonly kind: string; readonly chunk?: string; readonly release_ms?: number | null };
  readonly state: string | null;
}

/** Sends the pieces of one chunk, with an answer to each, as a host does. */
const send = (stream: Stream, pieces: readonly (readonly [string, TunnelAnswer])[], isEnd = false): Body => {
  const chunk = Buffer.concat(pieces.map(([piece]) => Buffer.from(piece)));
  const message: DataMessage = {
    id: 'id',
    side: 'client',
    direction: 'ingress',
    chunk: chunk.toString('base64'),
    held: stream.held.toString('base64'),
    is_end: isEnd,
    state: stream.state,
  };
  const joiner = createPieceJoiner(message);
  for (const [piece, answer] of pieces) expect(joiner.add(Buffer.from(piece), answer)).toBeUndefined();
  const { body } = joiner.finish() as unknown as { readonly body: Body };
  const { action, state } = body;
  stream.state = state ?? stream.state;
  const all = Buffer.concat([stream.held, chunk]);
  stream.held = action.kind === 'hold' ? all : NONE;
  if (action.kind === 'pass') stream.out.push(all);
  if (action.kind === 'replace') stream.out.push(Buffer.from(action.chunk ?? '', 'base64'));
  return body;
};

const open = (): Stream => ({ held: NONE, state: '', out: [] });
const text = ({ out }: Stream): string => Buffer.concat(out).toString();

const pass = (chunk = ''): TunnelAnswer => ({ pass_through: { chunk: Buffer.from(chunk) } });
const replace = (chunk: string): TunnelAnswer => ({ replace: { modified_chunk: Buffer.from(chunk) } });
const buffer = (ms = 0): TunnelAnswer => ({ buffer: { estimated_time_to_release_ms: ms } });

describe('pieces of a chunk', () => {
  it('pass if each of them does, also where the plugin repeats what it was given', () => {
    const stream = open();
    expect(
      send(stream, [
        ['ab', pass()],
        ['cd', pass('cd')],
      ]).action,
    ).toEqual({ kind: 'pass' });
    expect(text(stream)).toBe('abcd');
  });

  it('are replaced if one of them is', () => {
    const stream = open();
    send(stream, [
      ['ab', pass()],
      ['cd', replace('X')],
      ['ef', replace('')],
    ]);
    expect(text(stream)).toBe('abX');
  });

  it('are held back if the last one is, and what was decided about the others stays', () => {
    const stream = open();
    expect(
      send(stream, [
        ['ab', replace('X')],
        ['cd', buffer(5)],
      ]).action,
    ).toEqual({ kind: 'hold', release_ms: 5 });
    expect(text(stream)).toBe('');
    send(stream, [['ef', replace('cdEF')]]);
    expect(text(stream)).toBe('XcdEF');
    expect(stream.state).toBe('');
  });

  it('go on with what was held back when the plugin lets a later one pass', () => {
    const stream = open();
    send(stream, [
      ['ab', pass()],
      ['cd', buffer()],
    ]);
    send(stream, [['ef', buffer()]]);
    expect(send(stream, [['gh', pass('gh')]]).action).toEqual({ kind: 'pass' });
    expect(text(stream)).toBe('abcdefgh');
  });

  it('are released at the end of the stream, whatever the plugin says', () => {
    const stream = open();
    send(stream, [
      ['ab', replace('X')],
      ['cd', buffer()],
    ]);
    expect(send(stream, [['ef', buffer()]], true).action.kind).toBe('replace');
    expect(text(stream)).toBe('Xcdef');
  });

  it('are not bound by what was decided about bytes that the host has released', () => {
    const stream = open();
    send(stream, [
      ['ab', replace('X')],
      ['cd', buffer()],
    ]);
    stream.out.push(stream.held);
    stream.held = NONE;
    send(stream, [['ef', pass()]]);
    expect(text(stream)).toBe('abcdef');
    expect(stream.state).toBe('');
  });

  it('are not bound by the state of another plugin', () => {
    const stream = { ...open(), state: Buffer.from('state of another one').toString('base64') };
    expect(send(stream, [['ab', pass()]])).toEqual({ action: { kind: 'pass' }, state: null });
  });

  it('are closed with the first one that is', () => {
    const joiner = createPieceJoiner({
      id: 'id',
      side: 'client',
      direction: 'ingress',
      chunk: '',
      held: '',
      is_end: false,
      state: '',
    });
    expect(joiner.add(Buffer.from('ab'), { close: { reason: 'no' } })).toEqual({
      ok: true,
      body: { action: { kind: 'close', reason: 'no' }, state: null },
    });
  });

  it('lose and reorder nothing, whichever are held back', () => {
    const piece = fc.tuple(fc.string({ minLength: 1, maxLength: 3 }), fc.boolean());
    fc.assert(
      fc.property(fc.array(fc.array(piece, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), (chunks) => {
        const stream = open();
        for (const pieces of chunks)
          send(
            stream,
            pieces.map(([each, isHeld]) => [each, isHeld ? buffer() : pass()] as const),
          );
        send(stream, [['.', buffer()]], true);
        expect(text(stream)).toBe(
          Buffer.from(
            `${chunks
              .flat()
              .map(([each]) => each)
              .join('')}.`,
          ).toString(),
        );
      }),
    );
  });
});
