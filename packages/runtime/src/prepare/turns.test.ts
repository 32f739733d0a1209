import { describe, expect, it } from 'vitest';

import type { Steps } from '../metering/steps.ts';
import { createTurns } from './turns.ts';

/** Each turn runs one step. */
const ONE_STEP_MS = 0;
/** Longer than any test takes, so one turn runs all steps. */
const ALL_STEPS_MS = 60_000;

/** Notes its steps, and returns its name. */
const noting = function* (name: string, steps: number, notes: string[]): Steps<string> {
  for (let at = 0; at < steps; at += 1) {
    notes.push(name);
    yield;
  }
  return name;
};

/** Notes each turn of the event loop until the returned function is called. */
const noteTurns = (notes: string[]): (() => void) => {
  let isOver = false;
  const note = (): void => {
    if (isOver) return;
    notes.push('turn');
    setImmediate(note);
  };
  setImmediate(note);
  return () => {
    isOver = true;
  };
};

describe('work in turns', () => {
  it('lets other work run between two steps', async () => {
    const notes: string[] = [];
    const stop = noteTurns(notes);
    expect(await createTurns(ONE_STEP_MS).run(noting('a', 5, notes))).toBe('a');
    stop();
    expect(notes.filter((note) => note === 'a')).toHaveLength(5);
    expect(notes.join(' ')).not.toContain('a a');
  });

  it('alternates between all jobs', async () => {
    const notes: string[] = [];
    const turns = createTurns(ONE_STEP_MS);
    await Promise.all(['a', 'b', 'c'].map(async (name) => await turns.run(noting(name, 3, notes))));
    expect(notes.join('')).toBe('abcabcabc');
  });

  it('runs as many steps as fit into a turn', async () => {
    const notes: string[] = [];
    const stop = noteTurns(notes);
    const turns = createTurns(ALL_STEPS_MS);
    await Promise.all(['a', 'b'].map(async (name) => await turns.run(noting(name, 3, notes))));
    stop();
    expect(notes.filter((note) => note !== 'turn').join('')).toBe('aaabbb');
    expect(notes.join(' ')).toContain('a a a b b b');
  });

  it('runs after other work if it was given to runLast', async () => {
    const notes: string[] = [];
    const turns = createTurns(ONE_STEP_MS);
    await Promise.all([turns.runLast(noting('last', 2, notes)), turns.run(noting('a', 2, notes))]);
    expect(notes).toEqual(['a', 'a', 'last', 'last']);
  });

  it('waits for the promise of a step, and lets other work run meanwhile', async () => {
    const notes: string[] = [];
    const turns = createTurns(ONE_STEP_MS);
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const waiting = turns.run(
      (function* (): Steps {
        notes.push('before');
        yield gate;
        notes.push('after');
      })(),
    );
    await turns.run(noting('other', 3, notes));
    open();
    await waiting;
    expect(notes).toEqual(['before', 'other', 'other', 'other', 'after']);
  });

  it('rejects with the error of a step, and does not affect other work', async () => {
    const turns = createTurns(ONE_STEP_MS);
    const failing = turns.run(
      (function* (): Steps {
        yield;
        throw new Error('a step failed');
      })(),
    );
    const other = turns.run(noting('other', 5, []));
    await expect(failing).rejects.toThrow('a step failed');
    expect(await other).toBe('other');
  });
});
