import { describe, expect, it } from 'vitest';

import { clock } from '../../base/clock.ts';
import { useStepClock } from '../../testing/step-clock.ts';
import { callFailure } from '../../outcomes/call-result.ts';
import { createCleanSlate, type SlateParts } from './clean-slate.ts';

/** A slate of instances without modules: there is room for as many of them as it is told. */
const createRoom = (parts: Partial<SlateParts> = {}) => {
  const room = { tries: 0, isFull: false };
  const slate = createCleanSlate({
    modules: () => [],
    replace: () => {
      room.tries += 1;
      if (room.isFull) throw new RangeError('out of memory');
    },
    start: undefined,
    startBudget: { deadlineMs: 1000, fuel: 1000 },
    variables: { save: () => {}, restore: () => {}, clear: () => {} },
    wasi: [],
    ...parts,
  });
  return { room, slate };
};

describe('without room for another instance', () => {
  it('the next call fails with out_of_memory, and one that finds room works', () => {
    const { room, slate } = createRoom();
    room.isFull = true;
    slate.restore();
    expect(slate.isReady()).toBe(false);
    expect(slate.prepare(50, clock.nowMs())).toMatchObject({ ok: false, code: 'out_of_memory' });
    room.isFull = false;
    expect(slate.prepare(50, clock.nowMs() + 1000)).toBeUndefined();
    expect(slate.isReady()).toBe(true);
  });

  it('a restore after such a call does not try once more', () => {
    const { room, slate } = createRoom();
    room.isFull = true;
    slate.restore();
    slate.prepare(50, clock.nowMs());
    slate.restore();
    expect(room.tries).toBe(2);
  });

  it('no more than half of the time is spent on looking for it', () => {
    const steps = useStepClock();
    const { room, slate } = createRoom({
      replace: () => {
        room.tries += 1;
        steps.wait(700);
        throw new RangeError('out of memory');
      },
    });
    slate.restore();
    expect(room.tries).toBe(1);
    const startedMs = clock.nowMs();
    expect(slate.prepare(50, startedMs)).toMatchObject({ code: 'out_of_memory' });
    expect(room.tries).toBe(2);
    expect(slate.prepare(50, startedMs + 1300)).toMatchObject({ code: 'out_of_memory' });
    expect(room.tries).toBe(2);
    expect(slate.prepare(50, startedMs + 1500)).toMatchObject({ code: 'out_of_memory' });
    expect(room.tries).toBe(3);
  });
});

describe('start functions that have to run again', () => {
  /** What is not transplanted: a snapshot that could not be taken. */
  const failing = {
    modules: () => {
      throw new Error('no snapshot');
    },
  };

  it('have what is left of the shorter of two deadlines', () => {
    const budgets: number[] = [];
    const start: SlateParts['start'] = ({ deadlineMs }) => {
      budgets.push(deadlineMs);
      return undefined;
    };
    for (const deadlineMs of [50, 5000]) {
      const { slate } = createRoom({ ...failing, start });
      slate.save();
      slate.restore();
      expect(slate.isReady()).toBe(false);
      expect(slate.prepare(deadlineMs, clock.nowMs())).toBeUndefined();
      expect(slate.isReady()).toBe(true);
    }
    expect(budgets).toEqual([50, 1000]);
  });

  it('that did not begin, for want of time, begin in the same instance', () => {
    const ends = [{ ...callFailure('deadline'), isUntouched: true as const }, undefined];
    const { room, slate } = createRoom({ ...failing, start: () => ends.shift() });
    slate.save();
    slate.restore();
    expect(slate.prepare(0, clock.nowMs())).toMatchObject({ code: 'deadline' });
    expect(slate.prepare(50, clock.nowMs())).toBeUndefined();
    expect(room.tries).toBe(1);
  });

  it('that failed run in another instance, and the failure says where', () => {
    const ends = [callFailure('unreachable'), undefined];
    const { room, slate } = createRoom({ ...failing, start: () => ends.shift() });
    slate.save();
    slate.restore();
    const failure = slate.prepare(50, clock.nowMs());
    expect(failure?.code).toBe('unreachable');
    expect(failure?.message).toContain('start function');
    expect(slate.prepare(50, clock.nowMs())).toBeUndefined();
    expect(room.tries).toBe(2);
  });

  it('find the state outside of the modules as it was at first, and leave theirs', () => {
    const notes: string[] = [];
    const note = (what: string) => () => void notes.push(what);
    const wasi = [{ save: note('save'), restore: note('restore'), clear: note('clear') }];
    const { slate } = createRoom({ ...failing, wasi, start: () => void notes.push('start') as undefined });
    slate.save();
    slate.restore();
    slate.prepare(50, clock.nowMs());
    slate.restore();
    expect(notes).toEqual(['save', 'restore', 'clear', 'start', 'save', 'restore']);
  });
});
