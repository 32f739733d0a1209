import { getRandomValues } from 'node:crypto';

import { behave, type Behaviour, buildPlugin } from '@plugwire/pdk-fixtures';
import { defineWireFunction } from '@plugwire/wire';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { createSandbox } from '../sandbox/create-sandbox.ts';
import { openHost } from '../testing/open-plugin.ts';
import type { HostSources } from './host-sources.ts';

const draw = defineWireFunction({
  name: 'draw',
  fallback: 'silent_skip',
  request: z.strictObject({}),
  response: z.strictObject({ hex: z.string() }),
  sample: { request: {}, response: { hex: '' } },
});

/** Writes 56 bytes to `$heap`: each of WASI's clocks, its random numbers, and both of the protocol's functions. */
const drawBytes: Behaviour = {
  writeBody: (guest) => {
    const wasi = 'wasi_snapshot_preview1';
    const clock = guest.importFunction(wasi, 'clock_time_get', '(param i32 i64 i32) (result i32)');
    const random = guest.importFunction(wasi, 'random_get', '(param i32 i32) (result i32)');
    const now = guest.importFunction('extism:host/user', 'cc_lb_now_unix_ms', '(result i64)');
    const bytes = guest.importFunction('extism:host/user', 'cc_lb_random_bytes', '(param i64) (result i64)');
    const at = (offset: number): string => `(i32.add (global.get $heap) (i32.const ${offset}))`;
    return `(local $block i64) (call $lib.reserve (i32.const 4096))
      (drop (call ${clock} (i32.const 0) (i64.const 0) ${at(0)}))
      (drop (call ${clock} (i32.const 1) (i64.const 0) ${at(8)}))
      (drop (call ${random} ${at(16)} (i32.const 16)))
      (i64.store ${at(32)} (call $env.load_u64 (call ${now})))
      (local.set $block (call $env.alloc (i64.const 8)))
      (call $env.store_u64 (local.get $block) (i64.const 16))
      (local.set $block (call ${bytes} (local.get $block)))
      (i64.store ${at(40)} (call $env.load_u64 (local.get $block)))
      (i64.store ${at(48)} (call $env.load_u64 (i64.add (local.get $block) (i64.const 8))))
      (i32.const 0)`;
  },
};

/** Answers `{"_v":1,"hex":"…"}` with the 56 bytes at `$heap`. */
const answerHex: Behaviour = {
  writeBody: (guest) => {
    const digit = (value: string): string =>
      `(i32.add ${value} (select (i32.const 87) (i32.const 48) (i32.gt_u ${value} (i32.const 9))))`;
    return `(local $from i32) (local $to i32) (local $byte i32)
      (local.set $from (global.get $heap))
      (local.set $to (call $lib.copy (i32.add (global.get $heap) (i32.const 64)) ${guest.data('{"_v":1,"hex":"')}))
      (loop $next
        (local.set $byte (i32.load8_u (local.get $from)))
        (i32.store8 (local.get $to) ${digit('(i32.shr_u (local.get $byte) (i32.const 4))')})
        (i32.store8 offset=1 (local.get $to) ${digit('(i32.and (local.get $byte) (i32.const 15))')})
        (local.set $to (i32.add (local.get $to) (i32.const 2)))
        (local.set $from (i32.add (local.get $from) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $from) (i32.add (global.get $heap) (i32.const 56)))))
      (local.set $to (call $lib.copy (local.get $to) ${guest.data('"}')}))
      (local.set $from (i32.add (global.get $heap) (i32.const 64)))
      (call $lib.answer (local.get $from) (i32.sub (local.get $to) (local.get $from))) (i32.const 0)`;
  },
};

/** Dispatches several times to a plugin that uses every source. Returns the answers or codes. */
const run = async (sources: HostSources | undefined, times = 3): Promise<string[]> => {
  const host = openHost({ functions: [draw], ...(sources === undefined ? {} : { sources }) });
  const requiredCapabilities = ['clock', 'random'];
  const functions = { draw: behave.sequence(drawBytes, answerHex) };
  const plugin = await host.load(await buildPlugin({ functions, requiredCapabilities }), {
    capabilities: requiredCapabilities,
    wasi: true,
  });
  return Array.from({ length: times }, () => {
    const outcome = plugin.dispatchSync(draw, {});
    return outcome.kind === 'ok' ? outcome.response.hex : outcome.error.code;
  });
};

/** The system's sources, recorded, and sources that repeat the recorded values. */
const recordSources = () => {
  const taken: unknown[] = [];
  const note = <Value>(value: Value): Value => {
    taken.push(value);
    return value;
  };
  const recorded: HostSources = {
    nowUnixMs: () => note(Date.now()),
    monotonicNs: () => note(process.hrtime.bigint()),
    fillRandom: (bytes) => void note(Uint8Array.from(getRandomValues(bytes))),
  };
  let at = 0;
  const next = (): unknown => taken[at++];
  const replayed: HostSources = {
    nowUnixMs: () => next() as number,
    monotonicNs: () => next() as bigint,
    fillRandom: (bytes) => bytes.set(next() as Uint8Array),
  };
  return { recorded, replayed };
};

describe('given sources', () => {
  it('make a run exactly repeatable', async () => {
    const { recorded, replayed } = recordSources();
    const first = await run(recorded);
    expect(first.map((hex) => hex.length)).toEqual([112, 112, 112]);
    expect(new Set(first).size).toBe(3);
    expect(await run(replayed)).toEqual(first);
  });

  it('are used by the guest', async () => {
    const sources: HostSources = {
      nowUnixMs: () => 1_700_000_000_123,
      monotonicNs: () => 2n ** 64n - 1n,
      fillRandom: (bytes) => bytes.fill(0xab),
    };
    const [hex = ''] = await run(sources, 1);
    const bytes = Buffer.from(hex, 'hex');
    expect(bytes.readBigUInt64LE(0)).toBe(1_700_000_000_123_000_000n);
    expect(bytes.readBigUInt64LE(8)).toBe(2n ** 64n - 1n);
    expect(bytes.readBigUInt64LE(32)).toBe(1_700_000_000_123n);
    expect(hex.slice(32, 64) + hex.slice(80)).toBe('ab'.repeat(32));
  });

  it('default to the system’s sources', async () => {
    const [hex = '', other] = await run(undefined, 2);
    const unixMs = Number(Buffer.from(hex, 'hex').readBigUInt64LE(32));
    expect(Math.abs(unixMs - Date.now())).toBeLessThan(60_000);
    expect(hex.slice(32, 64)).not.toBe(other?.slice(32, 64));
  });

  it('do not change the clock of the deadline', async () => {
    const frozen: HostSources = { nowUnixMs: () => 0, monotonicNs: () => 0n };
    const spins = {
      identity: 'none',
      handshake: 'none',
      selfCheck: 'none',
      functions: { run: behave.spin() },
    } as const;
    using sandbox = await createSandbox(await buildPlugin(spins), {
      sources: frozen,
      limits: { deadlineMs: 10 },
    });
    expect(() => sandbox.call('run')).toThrow(expect.objectContaining({ code: 'deadline' }));
  });

  const throws = (): never => {
    throw new Error('SECRET');
  };
  it.each<[string, HostSources]>([
    ['a wall clock that throws', { nowUnixMs: throws }],
    ['a wall clock that returns NaN', { nowUnixMs: () => Number.NaN }],
    ['a wall clock that returns a fraction', { nowUnixMs: () => 0.5 }],
    ['a wall clock before 1970', { nowUnixMs: () => -1 }],
    ['a wall clock after 2554', { nowUnixMs: () => 2 ** 53 }],
    ['a wall clock that returns a bigint', { nowUnixMs: () => 7n as never }],
    [
      'a wall clock that returns a promise',
      { nowUnixMs: () => Promise.reject(new Error('SECRET')) as never },
    ],
    ['a monotonic clock that throws', { monotonicNs: throws }],
    ['a monotonic clock that returns a number', { monotonicNs: () => 7 as never }],
    ['a monotonic clock below 0', { monotonicNs: () => -1n }],
    ['a monotonic clock of 65 bits', { monotonicNs: () => 2n ** 64n }],
    ['randomness that throws', { fillRandom: throws }],
    ['randomness that returns a promise', { fillRandom: () => Promise.reject(new Error('SECRET')) as never }],
  ])('fail only the call if they are wrong: %s', async (_, sources) => {
    expect(await run(sources, 1)).toEqual(['source_failed']);
  });

  it('fail the call if one of the protocol’s functions gets a wrong value', async () => {
    let calls = 0;
    // WASI asks once before that.
    const sources: HostSources = { nowUnixMs: () => (calls++ === 0 ? 7 : Number.NaN) };
    expect(await run(sources, 1)).toEqual(['source_failed']);
    expect(calls).toBe(2);
  });

  it('never get the guest’s memory itself', async () => {
    const kept: Uint8Array[] = [];
    const [hex = ''] = await run({ fillRandom: (bytes) => void kept.push(bytes.fill(1)) }, 1);
    for (const bytes of kept) expect(bytes.buffer.byteLength).toBe(bytes.length);
    expect(hex).toContain('01'.repeat(16));
  });
});
