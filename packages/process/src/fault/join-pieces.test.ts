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

it('lets pieces pass if each of them does, also where the plugin repeats what it was given', () => {
  const stream = open();
  expect(send(stream, ['ab', pass()], ['cd', pass('cd')])).toEqual({ kind: 'pass' });
  expect(stream.out).toBe('abcd');
});

it('replaces all if one of them is', () => {
  const stream = open();
  send(stream, ['ab', pass()], ['cd', replace('X')], ['ef', replace('')]);
  expect(stream).toMatchObject({ out: 'abX', held: Buffer.alloc(0) });
});

it('holds back the last pieces, and lets go on what was decided before', () => {
  const stream = open();
  send(stream, ['ab', replace('X')], ['cd', buffer(5)]);
  expect(stream).toMatchObject({ out: 'X', held: Buffer.from('cd') });
  send(stream, ['ef', replace('cdEF')]);
  expect(stream).toMatchObject({ out: 'XcdEF', held: Buffer.alloc(0) });
});

it('holds everything back if nothing is decided, for the time that the plugin said last', () => {
  const stream = open();
  expect(send(stream, ['ab', buffer(5)], ['cd', buffer(7)])).toEqual({ kind: 'hold', release_ms: 7 });
});

it('releases what was held back when the plugin lets a later piece pass', () => {
  const stream = open();
  send(stream, ['ab', pass()], ['cd', buffer()]);
  send(stream, ['ef', buffer()]);
  expect(send(stream, ['gh', pass('gh')])).toEqual({ kind: 'pass' });
  expect(stream.out).toBe('abcdefgh');
});

it('takes what the plugin had buffered from its answer, once', () => {
  const stream = open();
  send(stream, ['ab', buffer()]);
  expect(send(stream, ['cd', pass('abcd')])).toEqual({ kind: 'pass' });
  expect(stream.out).toBe('abcd');
});

it('closes with the first piece that does', () => {
  const joiner = createPieceJoiner({ held: '' });
  expect(joiner.add(Buffer.from('ab'), { close: { reason: 'no' } })).toMatchObject({
    body: { action: { kind: 'close', reason: 'no' } },
  });
});

it('loses and reorders nothing, whichever pieces are held back', () => {
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
