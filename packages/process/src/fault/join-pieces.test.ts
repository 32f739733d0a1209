import fc from 'fast-check';
import { expect, it } from 'vitest';

import { createPieceJoiner } from './join-pieces.ts';
import type { TunnelAnswer } from './plugin-service.ts';

/** What a host holds back in one direction of a stream, and what has gone on. */
interface Stream {
  held: Buffer;
  out: string;
}

interface Action {
  readonly kind: string;
  readonly chunk?: string;
  readonly held?: string | null;
  readonly release_ms?: number | null;
}

/** Sends the pieces of one chunk, with an answer to each, as a host does. */
const send = (stream: Stream, ...pieces: readonly (readonly [string, TunnelAnswer])[]): Action => {
  const joiner = createPieceJoiner({ held: stream.held.toString('base64') });
  for (const [piece, answer] of pieces) expect(joiner.add(Buffer.from(piece), answer)).toBeUndefined();
  const { action } = (joiner.finish() as unknown as { readonly body: { readonly action: Action } }).body;
  const all = Buffer.concat([stream.held, ...pieces.map(([piece]) => Buffer.from(piece))]);
  if (action.kind === 'pass') stream.out += all.toString();
  if (action.kind === 'replace') stream.out += Buffer.from(action.chunk ?? '', 'base64').toString();
  stream.held = action.kind === 'hold' ? all : Buffer.from(action.held ?? '', 'base64');
  return action;
};

const open = (): Stream => ({ held: Buffer.alloc(0), out: '' });
const pass = (chunk = ''): TunnelAnswer => ({ pass_through: { chunk: Buffer.from(chunk) } });
const replace = (chunk: string): TunnelAnswer => ({ replace: { modified_chunk: Buffer.from(chunk) } });
const buffer = (ms = 0): TunnelAnswer => ({ buffer: { estimated_time_to_release_ms: ms } });

it('passes a chunk if every piece passes, also if the plugin repeats the bytes', () => {
  const stream = open();
  expect(send(stream, ['ab', pass()], ['cd', pass('cd')])).toEqual({ kind: 'pass' });
  expect(stream.out).toBe('abcd');
});

it('replaces the chunk if one piece is replaced', () => {
  const stream = open();
  send(stream, ['ab', pass()], ['cd', replace('X')], ['ef', replace('')]);
  expect(stream).toMatchObject({ out: 'abX', held: Buffer.alloc(0) });
});

it('forwards the decided pieces, and holds back the pieces after them', () => {
  const stream = open();
  send(stream, ['ab', replace('X')], ['cd', buffer(5)]);
  expect(stream).toMatchObject({ out: 'X', held: Buffer.from('cd') });
  send(stream, ['ef', replace('cdEF')]);
  expect(stream).toMatchObject({ out: 'XcdEF', held: Buffer.alloc(0) });
});

it('holds the whole chunk back if no piece is decided, for the time in the last answer', () => {
  const stream = open();
  expect(send(stream, ['ab', buffer(5)], ['cd', buffer(7)])).toEqual({ kind: 'hold', release_ms: 7 });
});

it('releases held bytes when the plugin passes a later piece', () => {
  const stream = open();
  send(stream, ['ab', pass()], ['cd', buffer()]);
  send(stream, ['ef', buffer()]);
  expect(send(stream, ['gh', pass('gh')])).toEqual({ kind: 'pass' });
  expect(stream.out).toBe('abcdefgh');
});

it('takes buffered bytes from the answer of the plugin, once', () => {
  const stream = open();
  send(stream, ['ab', buffer()]);
  expect(send(stream, ['cd', pass('abcd')])).toEqual({ kind: 'pass' });
  expect(stream.out).toBe('abcd');
});

it('closes with the first piece that is answered with close', () => {
  const joiner = createPieceJoiner({ held: '' });
  expect(joiner.add(Buffer.from('ab'), { close: { reason: 'no' } })).toMatchObject({
    body: { action: { kind: 'close', reason: 'no' } },
  });
});

it('neither loses nor reorders bytes, whichever pieces are held back', () => {
  const piece = fc.tuple(fc.string({ minLength: 1, maxLength: 3 }), fc.boolean());
  fc.assert(
    fc.property(fc.array(fc.array(piece, { minLength: 1, maxLength: 4 }), { maxLength: 6 }), (chunks) => {
      const stream = open();
      for (const pieces of chunks)
        send(stream, ...pieces.map(([each, isHeld]) => [each, isHeld ? buffer() : pass()] as const));
      send(stream, ['.', pass()]);
      const sent = chunks.flat().map(([each]) => each);
      expect(stream.out).toBe(`${sent.join('')}.`);
    }),
  );
});
