import { describe, expect, it } from 'vitest';

import { createMessageSequence } from './message-sequence.ts';
import type { ScopeMessage } from './scope-message.ts';

const EPOCH = '0123456789abcdef';

const changes = (seq: number, epoch = EPOCH): ScopeMessage => ({
  kind: 'changes',
  epoch,
  seq,
  used: 0,
  values: [],
});

const createRig = () => {
  const seen: (number | 'gap')[] = [];
  let at = 100;
  const sequence = createMessageSequence({
    now: () => at,
    onChanges: ({ seq }) => void seen.push(seq),
    onLeases: () => undefined,
    onGap: () => void seen.push('gap'),
  });
  const load = (seq: number, meanwhile: readonly ScopeMessage[] = []): void => {
    sequence.startLoading();
    for (const message of meanwhile) sequence.receive(message);
    sequence.setPosition({ epoch: EPOCH, seq });
    sequence.endLoading();
  };
  const wait = (ms: number): void => void (at += ms);
  return { seen, sequence, load, wait };
};

describe('the messages of a scope', () => {
  it('are ignored until the replica is loaded', () => {
    const { seen, sequence } = createRig();
    sequence.receive(changes(1));
    expect(seen).toEqual([]);
    expect(sequence.position()).toBeUndefined();
  });

  it('are kept while it loads, and processed after its position', () => {
    const { seen, load, sequence } = createRig();
    load(5, [changes(4), changes(5), changes(6), changes(7)]);
    expect(seen).toEqual([6, 7]);
    expect(sequence.position()).toEqual({ epoch: EPOCH, seq: 7 });
  });

  it('are dropped if loading fails', () => {
    const { seen, load, sequence } = createRig();
    sequence.startLoading();
    sequence.receive(changes(6));
    sequence.endLoading();
    load(5);
    expect(seen).toEqual([]);
  });

  it('are processed once, and not at all if they are of another epoch', () => {
    const { seen, load, sequence } = createRig();
    load(5);
    for (const message of [changes(6), changes(6), changes(7, 'another epoch...'), changes(5)]) {
      sequence.receive(message);
    }
    expect(seen).toEqual([6]);
  });

  it('are ignored after one was missed, until the replica is loaded', () => {
    const { seen, load, sequence, wait } = createRig();
    load(5);
    expect(sequence.staleMs()).toBe(0);
    sequence.receive(changes(7));
    sequence.receive(changes(8));
    expect(seen).toEqual(['gap']);
    wait(30);
    sequence.invalidate();
    expect(sequence.staleMs()).toBe(30);
    load(8, [changes(9)]);
    expect(seen).toEqual(['gap', 9]);
    expect(sequence.staleMs()).toBe(0);
  });
});
