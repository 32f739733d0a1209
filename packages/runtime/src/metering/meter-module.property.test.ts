import fc from 'fast-check';
import { expect, it } from 'vitest';
import { meterModule } from './meter-module.ts';
import { DEFAULT_LIMITS } from './testing/default-limits.ts';
import { EDIT } from './function-plan.ts';
import { scanModule } from './scan-module.ts';
import { runSteps } from './steps.ts';
import { encodeProgram } from './testing/encode-program.ts';
import { interpretProgram } from './testing/interpret-program.ts';
import { createGuest, PLENTY } from './testing/metered-guest.ts';
import { createMeteredHost } from './testing/metered-host.ts';
import { createProgram } from './testing/random-program.ts';

/** Runs of each property. `METERING_RUNS=20000` searches deeper. */
const numRuns = Number(process.env['METERING_RUNS'] ?? 100);
const MOST_WEIGHT = 300_000;

const tape = fc.uint8Array({ minLength: 40, maxLength: 1_200, size: 'max' });
const argument = fc.oneof(fc.integer({ min: -2, max: 9 }), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }));

const sameBytes = (one: WebAssembly.Memory, other: WebAssembly.Memory): boolean => {
  return Buffer.compare(Buffer.from(one.buffer), Buffer.from(other.buffer)) === 0;
};

it('a metered program computes the same, and is never charged less than the weight table requires', () => {
  fc.assert(
    fc.property(
      tape,
      argument,
      argument,
      fc.boolean(),
      fc.boolean(),
      (choices, first, second, padded, shrinkableMemory) => {
        const program = createProgram(choices);
        const bytes = encodeProgram(program, { padded });
        expect(WebAssembly.validate(bytes)).toBe(true);
        const expected = interpretProgram(program, [first, second], MOST_WEIGHT);
        const guest = createGuest(bytes, {}, { shrinkableMemory });
        const run = () => guest.exports['run']?.(first, second);
        if (expected.kind === 'tooLong') {
          // It executes more than that, so it must be stopped within that, in any case.
          const outcome = guest.host.run({ ...PLENTY, fuel: MOST_WEIGHT }, run);
          if (outcome.kind === 'ok') expect(outcome.fuelUsed).toBeLessThanOrEqual(MOST_WEIGHT);
          return;
        }
        const outcome = guest.host.run(PLENTY, run);
        expect(outcome.fuelUsed).toBeGreaterThanOrEqual(expected.weight);
        const original = new WebAssembly.Instance(new WebAssembly.Module(bytes)).exports as Record<
          string,
          unknown
        >;
        const runOriginal = () => (original['run'] as (...args: number[]) => number)(first, second);
        if (expected.kind === 'ok') {
          expect(outcome).toMatchObject({ kind: 'ok', value: expected.value });
          expect(runOriginal()).toBe(expected.value);
        } else {
          expect(outcome).toMatchObject({ kind: 'failed', error: expect.any(WebAssembly.RuntimeError) });
          expect(runOriginal).toThrow(WebAssembly.RuntimeError);
        }
        expect(sameBytes(guest.memory, original['memory'] as WebAssembly.Memory)).toBe(true);
      },
    ),
    { numRuns },
  );
});

it('a metered program uses the same fuel for any size of slices', () => {
  fc.assert(
    fc.property(tape, argument, fc.integer({ min: 1, max: 500 }), (choices, first, sliceFuel) => {
      const program = createProgram(choices);
      if (interpretProgram(program, [first, 1], MOST_WEIGHT).kind === 'tooLong') return;
      const bytes = encodeProgram(program, { padded: false });
      const used = [sliceFuel, 1, undefined].map((size) => {
        const guest = createGuest(bytes, {}, {}, createMeteredHost(size));
        return guest.host.run(PLENTY, () => guest.exports['run']?.(first, 1)).fuelUsed;
      });
      expect(new Set(used).size).toBe(1);
      // One unit less is not enough. The exact amount is enough, unless the last charge calls the hook, which has no fuel left then.
      const [fuel = 0] = used;
      if (fuel < 2) return;
      const ends = [fuel + 1, fuel - 1].map((limit) => {
        const guest = createGuest(bytes);
        return guest.host.run({ ...PLENTY, fuel: limit }, () => guest.exports['run']?.(first, 1)).kind;
      });
      expect(ends[0]).not.toBe('stopped');
      expect(ends[1]).toBe('stopped');
    }),
    { numRuns: Math.ceil(numRuns / 3) },
  );
});

it('random programs loop, dispatch, call, have uncharged functions, trap and end', () => {
  const kinds = { uncharged: 0, loops: 0, tightLoops: 0, cachedLoops: 0, chargingArms: 0, otherArms: 0 };
  const seen = { ok: 0, trap: 0, tooLong: 0, followedJumps: 0, ...kinds };
  for (const choices of fc.sample(tape, { numRuns: 200, seed: 7 })) {
    const program = createProgram(choices);
    seen[interpretProgram(program, [1, 2], MOST_WEIGHT).kind] += 1;
    const bytes = encodeProgram(program, { padded: false });
    const { edits, uncharged } = runSteps(scanModule(bytes, DEFAULT_LIMITS));
    seen.uncharged += uncharged.filter(Boolean).length;
    edits.kinds.subarray(0, edits.length).forEach((kind, i) => {
      seen.tightLoops += Number(kind === EDIT.tightLoopEntry);
      seen.loops += Number(kind === EDIT.loopEntry);
      seen.chargingArms += Number(kind === EDIT.arm && edits.values[i] !== 0);
      seen.otherArms += Number(kind === EDIT.arm && edits.values[i] === 0);
      // A followed jump leads to a block inside the loop, so its label gets smaller despite the wrappers.
      seen.followedJumps += Number(kind === EDIT.label && edits.values[i]! < bytes[edits.positions[i]!]!);
      seen.cachedLoops += Number(kind === EDIT.loopEntry && edits.values[i] !== 0);
    });
  }
  expect(Object.entries(seen).filter(([, count]) => count <= 1)).toEqual([]);
});

it('meterModule returns a value for any bytes', () => {
  fc.assert(
    fc.property(
      tape,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
      fc.nat(),
      (choices, flips, cut) => {
        const bytes = encodeProgram(createProgram(choices), { padded: choices.length % 2 === 0 });
        for (const [at, value] of flips) bytes[at % bytes.length] = value;
        const source = cut % 3 === 0 ? bytes.subarray(0, cut % (bytes.length + 1)) : bytes;
        const result = meterModule(source, DEFAULT_LIMITS);
        if (result.ok) expect(WebAssembly.validate(result.bytes)).toBe(true);
        else if (!WebAssembly.validate(source)) expect(result.message).not.toBe('');
      },
    ),
    { numRuns: numRuns * 2 },
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const source = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...bytes);
      expect(typeof meterModule(source, DEFAULT_LIMITS).ok).toBe('boolean');
      expect(meterModule(bytes, DEFAULT_LIMITS).ok).toBe(false);
    }),
    { numRuns },
  );
});
