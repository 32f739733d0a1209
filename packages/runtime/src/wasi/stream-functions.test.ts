import { describe, expect, it } from 'vitest';

import { CALL_CHARGE } from './create-wasi.ts';
import { ERRNO } from './errno.ts';
import { LINE_CHARGE } from './line-stream.ts';
import { createTestGuest, putText, type TestGuest } from './testing/test-guest.ts';

const FULL = 65_536;

const print = (guest: TestGuest, text: string | Uint8Array, fd = 1): void => {
  putText(guest, text);
  expect(guest.call('fd_write', fd, 0, 1, 8)).toBe(0);
  expect(guest.data().getUint32(8, true)).toBe(Buffer.from(text).length);
};

/** Returns the lines that writes result in. A `null` precedes the last one if it needed a flush. */
const linesOf = (...writes: (string | Uint8Array)[]): (string | null)[] => {
  const guest = createTestGuest();
  for (const text of writes) print(guest, text);
  const lines: (string | null)[] = [...guest.recorded.stdout];
  guest.wasi.flush();
  const flushed = guest.recorded.stdout.slice(lines.length);
  guest.wasi.flush();
  expect(guest.recorded.stdout).toHaveLength(lines.length + flushed.length);
  return flushed.length === 0 ? lines : [...lines, null, ...flushed];
};

const x = (count: number): string => 'x'.repeat(count);

describe('output', () => {
  it.each<[string, (string | Uint8Array)[], (string | null)[]]>([
    ['a line', ['hello\n'], ['hello']],
    ['nothing', [''], []],
    ['several lines and empty ones', ['a\n\nb\n'], ['a', '', 'b']],
    ['a line in pieces', ['a', 'b\nc', 'd\n'], ['ab', 'cd']],
    ['an incomplete line', ['a\nb'], ['a', null, 'b']],
    ['single bytes', [...Buffer.from('aé🌍\nb')].map((byte) => Uint8Array.of(byte)), ['aé🌍', null, 'b']],
    [
      'bytes that are not UTF-8',
      [Uint8Array.of(0x61, 0xff, 0xc3, 0x0a, 0x80)],
      ['a\uFFFD\uFFFD', null, '\uFFFD'],
    ],
    ['a byte order mark and a carriage return', ['\uFEFFa\r\n'], ['\uFEFFa\r']],
    ['a line of 4096 bytes', [`${x(4096)}\n`], [x(4096)]],
    ['a line of 4097 bytes', [`${x(4097)}\n`], [x(4096), 'x']],
    ['a line of 4096 bytes in two pieces', [x(4096), '\n'], [x(4096)]],
    ['a long incomplete line', [x(10_000)], [x(4096), x(4096), null, x(1808)]],
    ['a line with a character across the boundary', [`${x(4095)}🌍y\n`], [x(4095), '🌍y']],
    ['a line with a character that ends at the boundary', [`${x(4092)}🌍y\n`], [`${x(4092)}🌍`, 'y']],
    ['continuation bytes only', [new Uint8Array(4097).fill(0x80), '\n'], ['\uFFFD'.repeat(4096), '\uFFFD']],
  ])('is passed to the host as lines: %s', (_, writes, expected) => {
    expect(linesOf(...writes)).toEqual(expected);
  });

  it('is kept apart for standard output and standard error', () => {
    const guest = createTestGuest();
    print(guest, 'out ');
    print(guest, 'err ', 2);
    print(guest, 'put\n');
    print(guest, 'or\n', 2);
    expect(guest.recorded).toMatchObject({ stdout: ['out put'], stderr: ['err or'] });
  });

  it('joins the elements of a vector, and accepts empty ones at any address', () => {
    const guest = createTestGuest();
    putText(guest, 'ab', 0, 1024);
    guest.data().setUint32(8, 0xaaaa_aaaa, true);
    putText(guest, 'c\n', 16, 2048);
    expect(guest.call('fd_write', 1, 0, 3, 512)).toBe(0);
    expect(guest.data().getUint32(512, true)).toBe(4);
    expect(guest.recorded.stdout).toEqual(['abc']);
  });

  it('contains the first 1024 elements of a longer vector, and the guest gets their length', () => {
    const guest = createTestGuest();
    for (let at = 0; at < 1100; at += 1) putText(guest, 'x', at * 8, 20_000);
    expect(guest.call('fd_write', 1, 0, 1100, 30_000)).toBe(0);
    expect(guest.data().getUint32(30_000, true)).toBe(1024);
  });

  it.each([
    ['a vector outside the memory', [FULL - 7, 1, 0]],
    ['a vector of 2^31 elements', [0, -0x8000_0000, 0]],
    ['a vector of 2^32 - 1 elements', [0, -1, 0]],
    ['a negative address', [-8, 1, 0]],
    ['a result outside the memory', [0, 1, FULL - 3]],
  ])('is refused as a whole with fault for %s', (_, values) => {
    const guest = createTestGuest();
    putText(guest, 'a\n');
    expect(guest.call('fd_write', 1, ...values)).toBe(ERRNO.fault);
    expect(guest.call('fd_read', 0, ...values)).toBe(ERRNO.fault);
    guest.wasi.flush();
    expect(guest.recorded.stdout).toEqual([]);
  });

  it('is refused as a whole with fault if a later element is outside of the memory', () => {
    const guest = createTestGuest();
    putText(guest, 'a\n');
    guest.data().setUint32(8, FULL - 1, true);
    guest.data().setUint32(12, 2, true);
    expect(guest.call('fd_write', 1, 0, 2, 512)).toBe(ERRNO.fault);
    guest.data().setUint32(8, 0xffff_ffff, true);
    guest.data().setUint32(12, 0xffff_ffff, true);
    expect(guest.call('fd_write', 1, 0, 2, 512)).toBe(ERRNO.fault);
    expect(guest.recorded.stdout).toEqual([]);
  });

  it('is refused if overlapping elements have more than 2^31 bytes together', () => {
    const memory = new WebAssembly.Memory({ initial: 64 });
    const guest = createTestGuest({ memory: () => memory });
    const data = new DataView(memory.buffer);
    for (let at = 0; at < 1024; at += 1) data.setUint32(at * 8 + 4, memory.buffer.byteLength, true);
    expect(guest.call('fd_write', 1, 0, 1024, 0)).toBe(ERRNO.inval);
    expect(guest.recorded.stdout).toEqual([]);
  });

  it('is charged for the call, the vector, the bytes and the lines', () => {
    const guest = createTestGuest();
    print(guest, 'ab\nc\nd');
    expect(guest.recorded.charged).toBe(CALL_CHARGE + 8 + 6 + 2 * LINE_CHARGE);
  });

  it('can be written again after the charge or the receiver has thrown', () => {
    let fuel = 2;
    const received: string[] = [];
    const guest = createTestGuest({
      charge: (bytes) => {
        if (bytes === LINE_CHARGE && (fuel -= 1) < 0) throw new Error('out of fuel');
      },
      stdout: (line) => {
        received.push(line);
        if (line === 'b') throw new Error('receiver');
      },
    });
    putText(guest, 'a\nb\nc\n');
    expect(() => guest.call('fd_write', 1, 0, 1, 8)).toThrow('receiver');
    print(guest, 'd');
    putText(guest, 'e\n');
    expect(() => guest.call('fd_write', 1, 0, 1, 8)).toThrow('out of fuel');
    guest.wasi.flush();
    expect(received).toEqual(['a', 'b', 'de']);
    fuel = 1;
    print(guest, 'f\n');
    expect(received.at(-1)).toBe('f');
  });
});

describe('the standard streams', () => {
  it('include a standard input that is empty', () => {
    const guest = createTestGuest();
    putText(guest, 'xxxx');
    guest.data().setUint32(8, 77, true);
    expect(guest.call('fd_read', 0, 0, 1, 8)).toBe(0);
    expect(guest.data().getUint32(8, true)).toBe(0);
  });

  it('work in one direction only', () => {
    const guest = createTestGuest();
    expect(guest.call('fd_write', 0, 0, 0, 8)).toBe(ERRNO.badf);
    expect(guest.call('fd_read', 1, 0, 0, 8)).toBe(ERRNO.badf);
    expect(guest.call('fd_write', 3, 0, 0, 8)).toBe(ERRNO.badf);
  });

  it('are reported as character devices without the rights to seek', () => {
    const guest = createTestGuest();
    guest.bytes().fill(0xee);
    expect(guest.call('fd_fdstat_get', 1, 100)).toBe(0);
    const data = guest.data();
    expect([data.getUint8(100), data.getUint8(101), data.getUint16(102, true)]).toEqual([2, 0, 0]);
    const rights = data.getBigUint64(108, true);
    // fd_write, but not fd_read, fd_seek or fd_tell. isatty of wasi-libc checks these rights.
    expect(rights & 0b110_0110n).toBe(0b100_0000n);
    expect(data.getBigUint64(116, true)).toBe(0n);
    expect([data.getUint8(99), data.getUint8(124)]).toEqual([0xee, 0xee]);
    expect(guest.call('fd_fdstat_get', 1, FULL - 23)).toBe(ERRNO.fault);
    expect(guest.call('fd_fdstat_get', 3, 0)).toBe(ERRNO.badf);
  });

  it('have a filestat of 64 bytes', () => {
    const guest = createTestGuest();
    guest.bytes().fill(0xee);
    expect(guest.call('fd_filestat_get', 2, 104)).toBe(0);
    const words = Array.from({ length: 8 }, (_, at) => guest.data().getBigUint64(104 + at * 8, true));
    expect(words).toEqual([0n, 3n, 2n, 1n, 0n, 0n, 0n, 0n]);
    expect([guest.bytes()[103], guest.bytes()[168]]).toEqual([0xee, 0xee]);
    expect(guest.call('fd_filestat_get', 2, -64)).toBe(ERRNO.fault);
    expect(guest.call('fd_filestat_set_size', 2, 0n)).toBe(ERRNO.inval);
    expect(guest.call('fd_filestat_set_times', 2, 0n, 0n, 0)).toBe(ERRNO.notcapable);
  });

  it('keep the flags that the guest sets, and refuse unknown flags', () => {
    const guest = createTestGuest();
    expect(guest.call('fd_fdstat_set_flags', 1, 4)).toBe(0);
    expect(guest.call('fd_fdstat_set_flags', 1, 32)).toBe(ERRNO.inval);
    expect(guest.call('fd_fdstat_set_flags', 1, -1)).toBe(ERRNO.inval);
    guest.call('fd_fdstat_get', 1, 0);
    expect(guest.data().getUint16(2, true)).toBe(4);
  });

  it('can lose rights but not gain any', () => {
    const guest = createTestGuest();
    expect(guest.call('fd_fdstat_set_rights', 1, -1n, 0n)).toBe(ERRNO.notcapable);
    expect(guest.call('fd_fdstat_set_rights', 1, 2n, 0n)).toBe(ERRNO.notcapable);
    expect(guest.call('fd_fdstat_set_rights', 1, 0n, 1n)).toBe(ERRNO.notcapable);
    expect(guest.call('fd_fdstat_set_rights', 1, 0n, 0n)).toBe(0);
    expect(guest.call('fd_write', 1, 0, 0, 8)).toBe(ERRNO.badf);
    expect(guest.call('fd_fdstat_set_rights', 1, 64n, 0n)).toBe(ERRNO.notcapable);
  });

  it('can be closed once, synchronised and renumbered', () => {
    const guest = createTestGuest();
    expect(guest.call('fd_sync', 1)).toBe(0);
    expect(guest.call('fd_datasync', 1)).toBe(0);
    expect(guest.call('fd_renumber', 1, 1)).toBe(0);
    expect(guest.call('fd_renumber', 1, 3)).toBe(ERRNO.badf);
    expect(guest.call('fd_renumber', 3, 1)).toBe(ERRNO.badf);
    expect(guest.call('fd_renumber', 1, 2)).toBe(0);
    print(guest, 'renumbered\n', 2);
    expect(guest.recorded.stdout).toEqual(['renumbered']);
    for (const name of ['fd_close', 'fd_sync', 'fd_datasync'] as const)
      expect(guest.call(name, 1)).toBe(ERRNO.badf);
    expect(guest.call('fd_close', 2)).toBe(0);
    expect(guest.call('fd_close', 2)).toBe(ERRNO.badf);
    expect(guest.call('fd_write', 2, 0, 0, 8)).toBe(ERRNO.badf);
  });
});
