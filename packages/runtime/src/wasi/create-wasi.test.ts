import { describe, expect, it } from 'vitest';

import { CALL_CHARGE, createWasi } from './create-wasi.ts';
import { ERRNO } from './errno.ts';
import { RANDOM_CHARGE } from './process-functions.ts';
import { compileWat, createTestGuest, recordingOptions, wasiImport } from './testing/test-guest.ts';
import { WASI_PARAMETERS, type WasiName } from './wasi-signatures.ts';

const FULL = 65_536;
const NAMES = Object.keys(WASI_PARAMETERS) as WasiName[];

const withoutMemory = () => createWasi(recordingOptions(() => undefined).options);

describe('the functions of WASI', () => {
  it('have the 46 names of the table', () => {
    const { functions } = withoutMemory();
    expect(NAMES).toHaveLength(46);
    expect(Object.keys(functions).toSorted()).toEqual(NAMES.toSorted());
  });

  it.each(NAMES)('return inval for arguments of wrong types: %s', (name) => {
    const { functions } = withoutMemory();
    const wrong = WASI_PARAMETERS[name].map((type) => (type === 'i32' ? 1n : 1));
    if (wrong.length > 0) {
      expect(functions[name](...wrong)).toBe(ERRNO.inval);
      expect(functions[name]()).toBe(ERRNO.inval);
    }
  });

  it.each(NAMES)('return inval for too few arguments: %s', (name) => {
    const values = WASI_PARAMETERS[name].map((type) => (type === 'i32' ? 0 : 0n));
    if (values.length > 0) expect(withoutMemory().functions[name](...values.slice(1))).toBe(ERRNO.inval);
  });

  it('return fault while there is no memory', () => {
    const { functions } = withoutMemory();
    expect(functions.fd_write(1, 0, 0, 0)).toBe(ERRNO.fault);
    expect(functions.fd_read(0, 0, 0, 0)).toBe(ERRNO.fault);
    expect(functions.clock_time_get(0, 0n, 0)).toBe(ERRNO.fault);
    expect(functions.random_get(0, 8)).toBe(ERRNO.fault);
    expect(functions.args_get(0, 0)).toBe(ERRNO.fault);
    expect(functions.poll_oneoff(0, 0, 1, 0)).toBe(ERRNO.fault);
    expect(functions.sched_yield()).toBe(0);
  });

  it('charge every call, even a refused one', () => {
    const guest = createTestGuest();
    guest.call('sched_yield');
    guest.call('path_unlink_file', 3, 0, 0);
    expect(guest.recorded.charged).toBe(2 * CALL_CHARGE);
  });

  it('can use memory that was added between two calls', () => {
    const guest = createTestGuest();
    expect(guest.call('clock_time_get', 1, 0n, FULL)).toBe(ERRNO.fault);
    expect(guest.call('clock_time_get', 1, 0n, FULL - 8)).toBe(0);
    guest.call('grow');
    expect(guest.call('clock_time_get', 1, 0n, FULL)).toBe(0);
    expect(guest.data().getBigUint64(FULL, true)).toBe(42n);
  });
});

describe('a program in WebAssembly text', () => {
  it('can print a line and exit', () => {
    let memory: WebAssembly.Memory | undefined = undefined;
    const { options, recorded } = recordingOptions(() => memory);
    const { exports } = new WebAssembly.Instance(
      compileWat(`(module ${wasiImport('fd_write')} ${wasiImport('proc_exit')}
        (memory (export "memory") 1)
        (data (i32.const 0) "\\10\\00\\00\\00\\06\\00\\00\\00hello\\n")
        (data (i32.const 16) "hello\\n")
        (func (export "_start")
          (if (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 64)) (then (unreachable)))
          (call $proc_exit (i32.load (i32.const 64)))))`),
      { wasi_snapshot_preview1: createWasi(options).functions },
    );
    memory = exports['memory'] as WebAssembly.Memory;
    expect(exports['_start'] as () => void).toThrow('exit 6');
    expect(recorded.stdout).toEqual(['hello']);
  });
});

describe('arguments and environment', () => {
  it.each([
    ['args', { args: ['prog', '', 'grüß'] }, ['prog', '', 'grüß']],
    ['environ', { env: { A: '1', 'B-2': 'x=y', EMPTY: '' } }, ['A=1', 'B-2=x=y', 'EMPTY=']],
    ['args', {}, []],
    ['environ', {}, []],
  ] as const)('are written by %s_get: %j', (kind, options, expected) => {
    const guest = createTestGuest(options);
    expect(guest.call(`${kind}_sizes_get`, 0, 4)).toBe(0);
    const count = guest.data().getUint32(0, true);
    const size = guest.data().getUint32(4, true);
    expect(count).toBe(expected.length);
    expect(size).toBe(Buffer.byteLength(expected.map((text) => `${text}\0`).join('')));
    expect(guest.call(`${kind}_get`, 16, FULL - size)).toBe(0);
    const texts = expected.map((_, at) => {
      const start = guest.data().getUint32(16 + at * 4, true);
      return guest.bytes().toString('utf8', start, guest.bytes().indexOf(0, start));
    });
    expect(texts).toEqual(expected);
  });

  it('are not written if a range is outside of the memory', () => {
    const guest = createTestGuest({ args: ['prog', 'x'] });
    expect(guest.call('args_get', 0, FULL - 6)).toBe(ERRNO.fault);
    expect(guest.call('args_get', FULL - 7, 0)).toBe(ERRNO.fault);
    expect(guest.call('args_get', -1, -1)).toBe(ERRNO.fault);
    expect(guest.call('args_sizes_get', 0, FULL - 3)).toBe(ERRNO.fault);
    expect(guest.bytes().every((byte) => byte === 0)).toBe(true);
  });

  it.each([
    ['an argument with NUL', { args: ['a', 'b\0c'] }],
    ['an argument that is not a string', { args: [1 as unknown as string] }],
    ['a value with NUL', { env: { A: 'secret\0' } }],
    ['a value that is not a string', { env: { A: undefined as unknown as string } }],
    ['a name with NUL', { env: { 'A\0': '' } }],
    ['a name with an equals sign', { env: { 'A=B': '' } }],
    ['an empty name', { env: { '': '' } }],
  ])('are refused with a TypeError for %s', (_, changes) => {
    const { options } = recordingOptions(() => undefined);
    expect(() => createWasi({ ...options, ...changes })).toThrow(TypeError);
    expect(() => createWasi({ ...options, ...changes })).not.toThrow('secret');
  });
});

describe('clocks, random bytes and the process', () => {
  it.each([
    [0, 1_700_000_000_123_456_789n],
    [1, 42n],
    [2, 42n],
    [3, 42n],
  ])('clock %i returns its time and resolution', (clock, expected) => {
    const guest = createTestGuest();
    expect(guest.call('clock_time_get', clock, -1n, 9)).toBe(0);
    expect(guest.data().getBigUint64(9, true)).toBe(expected);
    expect(guest.call('clock_res_get', clock, 32)).toBe(0);
    expect(guest.data().getBigUint64(32, true)).toBe(1000n);
  });

  it.each([4, -1])('clock %i does not exist and returns inval', (clock) => {
    const guest = createTestGuest();
    expect(guest.call('clock_time_get', clock, 0n, 0)).toBe(ERRNO.inval);
    expect(guest.call('clock_res_get', clock, 0)).toBe(ERRNO.inval);
  });

  it('random_get charges each piece and writes only to the range', () => {
    const sizes: number[] = [];
    const guest = createTestGuest({
      fillRandom: (bytes) => {
        sizes.push(bytes.length);
        bytes.fill(0xff);
      },
    });
    guest.call('grow');
    expect(guest.call('random_get', 3, 70_000)).toBe(0);
    expect(sizes).toEqual([16_384, 16_384, 16_384, 16_384, 4464]);
    expect(guest.recorded.charged).toBe(CALL_CHARGE + 5 * RANDOM_CHARGE + 70_000);
    const bytes = guest.bytes();
    expect([bytes[2], bytes[3], bytes[70_002], bytes[70_003]]).toEqual([0, 0xff, 0xff, 0]);
    expect(guest.call('random_get', 3, 2 * FULL - 2)).toBe(ERRNO.fault);
    expect(guest.call('random_get', -1, -1)).toBe(ERRNO.fault);
    expect(guest.call('random_get', 0, 0)).toBe(0);
  });

  it('proc_exit passes on an unsigned code, sched_yield succeeds, and proc_raise returns nosys', () => {
    const guest = createTestGuest();
    expect(() => guest.call('proc_exit', 0)).toThrow('exit 0');
    expect(() => guest.call('proc_exit', -1)).toThrow('exit 4294967295');
    expect(guest.call('sched_yield')).toBe(0);
    expect(guest.call('proc_raise', 9)).toBe(ERRNO.nosys);
  });
});

describe('files, folders and sockets', () => {
  const refused = NAMES.filter((name) =>
    /^path_|^sock_|^fd_p|_seek|_tell|_advise|_allocate|_readdir/.test(name),
  );

  /** Calls a function with the descriptor for every `i32`. */
  const withDescriptor = (name: WasiName, fd: number): number | undefined =>
    createTestGuest().call(name, ...WASI_PARAMETERS[name].map((type) => (type === 'i64' ? 0n : fd)));

  it.each(refused)('%s returns badf for a descriptor that is not open', (name) => {
    for (const fd of [3, -1, 0x7fff_ffff]) expect(withDescriptor(name, fd)).toBe(ERRNO.badf);
  });

  it.each(refused)('%s refuses a stream', (name) => {
    const expected = (() => {
      if (name.startsWith('fd_prestat')) return ERRNO.badf;
      if (name.startsWith('path_')) return ERRNO.notcapable;
      if (name.startsWith('sock_')) return ERRNO.notsup;
      return name === 'fd_readdir' ? ERRNO.notdir : ERRNO.spipe;
    })();
    for (const fd of [0, 1, 2]) expect(withDescriptor(name, fd)).toBe(expected);
  });

  it('path_rename and path_link check the second descriptor too', () => {
    const guest = createTestGuest();
    expect(guest.call('path_rename', 1, 0, 0, 3, 0, 0)).toBe(ERRNO.badf);
    expect(guest.call('path_link', 1, 0, 0, 0, 3, 0, 0)).toBe(ERRNO.badf);
  });
});

describe('poll_oneoff', () => {
  interface Asked {
    readonly kind: number;
    readonly subject: number;
  }

  const poll = (asked: readonly Asked[]) => {
    const guest = createTestGuest();
    asked.forEach(({ kind, subject }, at) => {
      const data = guest.data();
      data.setBigUint64(at * 48, 0xffff_0000_0000_0000n + BigInt(at), true);
      data.setUint8(at * 48 + 8, kind);
      data.setUint32(at * 48 + 16, subject, true);
      // An hour, in nanoseconds.
      if (kind === 0) data.setBigUint64(at * 48 + 24, 3_600_000_000_000n, true);
    });
    guest.bytes().fill(0xee, 4096, 4096 + 32 * asked.length);
    expect(guest.call('poll_oneoff', 0, 4096, asked.length, 8192)).toBe(0);
    expect(guest.data().getUint32(8192, true)).toBe(asked.length);
    return asked.map((_, at) => {
      const data = guest.data();
      const event = 4096 + at * 32;
      expect(data.getBigUint64(event, true)).toBe(0xffff_0000_0000_0000n + BigInt(at));
      return {
        error: data.getUint16(event + 8, true),
        kind: data.getUint8(event + 10),
        bytes: data.getBigUint64(event + 16, true),
        flags: data.getUint16(event + 24, true),
      };
    });
  };

  it('reports every clock as ready at once, for any timeout', () => {
    const ready = { error: 0, kind: 0, bytes: 0n, flags: 0 };
    expect(poll([0, 1, 2, 3, 4].map((subject) => ({ kind: 0, subject })))).toEqual([
      ready,
      ready,
      ready,
      ready,
      { ...ready, error: ERRNO.inval },
    ]);
  });

  it('reports the end of the input, output as ready, and badf for other descriptors', () => {
    expect(
      poll([
        { kind: 1, subject: 0 },
        { kind: 2, subject: 1 },
        { kind: 2, subject: 2 },
        { kind: 1, subject: 1 },
        { kind: 2, subject: 0 },
        { kind: 1, subject: 3 },
      ]),
    ).toEqual([
      { error: 0, kind: 1, bytes: 0n, flags: 1 },
      { error: 0, kind: 2, bytes: 4096n, flags: 0 },
      { error: 0, kind: 2, bytes: 4096n, flags: 0 },
      { error: ERRNO.badf, kind: 1, bytes: 0n, flags: 0 },
      { error: ERRNO.badf, kind: 2, bytes: 0n, flags: 0 },
      { error: ERRNO.badf, kind: 1, bytes: 0n, flags: 0 },
    ]);
  });

  it.each([
    ['0 subscriptions', [0, 0, 0, 0], ERRNO.inval],
    ['1,025 subscriptions', [0, 0, 1025, 0], ERRNO.inval],
    ['2^31 subscriptions', [0, 0, -0x8000_0000, 0], ERRNO.inval],
    ['subscriptions outside the memory', [FULL - 47, 0, 1, 0], ERRNO.fault],
    ['events outside the memory', [0, FULL - 31, 1, 0], ERRNO.fault],
    ['a count outside the memory', [0, 0, 1, FULL - 3], ERRNO.fault],
  ])('refuses %s', (_, values, expected) => {
    expect(createTestGuest().call('poll_oneoff', ...values)).toBe(expected);
  });

  it('refuses an unknown kind, and accepts overlapping ranges', () => {
    const guest = createTestGuest();
    guest.data().setUint8(8, 3);
    expect(guest.call('poll_oneoff', 0, 4096, 1, 8192)).toBe(ERRNO.inval);
    guest.data().setUint8(8, 0);
    expect(guest.call('poll_oneoff', 0, 0, 64, 8)).toBe(0);
  });
});
