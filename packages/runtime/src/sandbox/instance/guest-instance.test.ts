import { behave, type Behaviour } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import type { Sandbox, SandboxOptions } from '../create-sandbox.ts';
import { codeOf, textOf } from '../testing/call-ends.ts';
import { openFunctions } from '../testing/open-sandbox.ts';

/** A body that answers with a number, in decimal. */
const number = (value: string, before = ''): Behaviour =>
  behave.wat(`${before} (call $lib.reserve (i32.const 32))
    (call $lib.answer (global.get $heap)
      (i32.sub (call $lib.write_decimal (global.get $heap) ${value}) (global.get $heap)))
    (i32.const 0)`);

/** A body that answers with nothing and calls this. */
const doing = (calls: string): Behaviour => behave.wat(`${calls} (i32.const 0)`);

/** What one function of a guest answers to one input, or the code with which it ends. */
const outcome = async (behaviour: Behaviour, input: string | Uint8Array = '', options?: SandboxOptions) => {
  const sandbox = await openFunctions({ run: behaviour }, options);
  try {
    return textOf(sandbox.call('run', input));
  } catch (error) {
    return (error as { code?: unknown }).code;
  } finally {
    sandbox.close();
  }
};

describe('input and output', () => {
  const everyByte = Uint8Array.from({ length: 256 }, (_, at) => at);

  it.each<[string, string | Uint8Array]>([
    ['nothing', ''],
    ['no bytes', new Uint8Array()],
    ['one character', 'x'],
    ['seven bytes', '1234567'],
    ['eight bytes', '12345678'],
    ['nine bytes', '123456789'],
    ['text beyond ASCII', 'grüß dich, 世界 🌍'],
    ['latin-1 text', 'ÿ\u0080'],
    ['zero characters', '\0\0\0'],
    ['a byte order mark', '\uFEFFx'],
    ['every byte', everyByte],
    ['bytes that are not UTF-8', Uint8Array.of(0xff, 0xc0, 0x80)],
    ['a Buffer', Buffer.from('buffer')],
    ['a view into a larger buffer', new Uint8Array(everyByte.buffer, 100, 21)],
    ['64 KiB and a bit', 'x'.repeat(65_539)],
  ])('can be %s', async (_, input) => {
    const sandbox = await openFunctions({ words: behave.echo(), bytes: behave.echoByBytes() });
    const expected = new Uint8Array(Buffer.from(input));
    expect(sandbox.call('words', input)).toEqual(expected);
    expect(sandbox.call('bytes', input)).toEqual(expected);
  });

  it('write a lone surrogate as U+FFFD, as every encoder does', async () => {
    expect(await outcome(behave.echo(), 'a\uD800b')).toBe('a\uFFFDb');
  });

  it('are empty and null when nobody gives and nobody sets any', async () => {
    const sandbox = await openFunctions({
      length: number('(call $env.input_length)'),
      none: behave.noOutput(),
    });
    expect(textOf(sandbox.call('length'))).toBe('0');
    expect(sandbox.call('none', 'input')).toBeNull();
  });

  it('distinguish an empty output from no output', async () => {
    const sandbox = await openFunctions({ empty: behave.emptyOutput(), none: behave.noOutput() });
    expect(sandbox.call('empty')).toEqual(new Uint8Array());
    expect(sandbox.call('none')).toBeNull();
  });

  it('may be a range in the middle of a block, and the last one set counts', async () => {
    const middle = behave.wat(`(local $block i64)
      (local.set $block (call $env.alloc (i64.const 16)))
      (call $env.store_u64 (local.get $block) (i64.const 0x3736353433323130))
      (call $env.store_u64 (i64.add (local.get $block) (i64.const 8)) (i64.const 0x6665646362613938))
      (call $env.output_set (local.get $block) (i64.const 16))
      (call $env.output_set (i64.add (local.get $block) (i64.const 3)) (i64.const 9))
      (i32.const 0)`);
    expect(await outcome(middle)).toBe('3456789ab');
  });

  it('may be the input itself, which lies in a block', async () => {
    const itself = doing('(call $env.output_set (call $env.input_offset) (call $env.input_length))');
    expect(await outcome(itself, 'the very same')).toBe('the very same');
    expect(await outcome(number('(call $env.length (call $env.input_offset))'), 'four')).toBe('4');
    expect(await outcome(number('(call $env.length (call $env.input_offset))'), '')).toBe('0');
  });

  it('give a copy: a later call does not change an earlier output', async () => {
    const sandbox = await openFunctions({ run: behave.echo() });
    const first = sandbox.call('run', 'first');
    sandbox.call('run', 'other');
    expect(textOf(first)).toBe('first');
  });

  it('grow the kernel, and small calls work after large ones', async () => {
    const limits = {
      requestBytes: 6_000_000,
      outputBytes: 6_000_000,
      kernelMemoryBytes: 16_000_000,
      deadlineMs: 60_000,
    };
    const sandbox = await openFunctions({ run: behave.echo() }, { limits });
    for (const size of [10, 1_000_000, 3, 1_500_000, 5_000_000, 0, 1_200_001, 8, 5_000_000]) {
      const input = 'ä'.repeat(size / 2);
      expect(textOf(sandbox.call('run', input)) === input, `${size} bytes`).toBe(true);
    }
  });
});

describe('reading the input at its edges', () => {
  it.each([
    ['u8', 'x', '0', 'x'],
    ['u8', '12345678', '7', '8'],
    ['u8', '12345678', '8', 'bad_handle'],
    ['u8', '', '0', 'bad_handle'],
    ['u8', 'x', '-1', 'bad_handle'],
    ['u8', 'x', '0x100000000', 'bad_handle'],
    ['u8', 'x', '0x8000000000000000', 'bad_handle'],
    ['u64', '12345678', '0', '12345678'],
    ['u64', '12345678', '1', 'bad_handle'],
    ['u64', '123456789', '1', '23456789'],
    ['u64', '1234567', '0', 'bad_handle'],
    ['u64', '', '0', 'bad_handle'],
    ['u64', '12345678', '-1', 'bad_handle'],
    ['u64', '12345678', '-8', 'bad_handle'],
    ['u64', '12345678', '0x7fffffffffffffff', 'bad_handle'],
    ['u64', '12345678', '0x100000000', 'bad_handle'],
  ])('%s of %j at %s gives %j', async (width, input, offset, expected) => {
    const load = `(call $env.input_load_${width} (i64.const ${offset}))`;
    const word = width === 'u8' ? `(i64.extend_i32_u ${load})` : load;
    const answer = behave.wat(`(i64.store (global.get $heap) ${word})
      (call $lib.answer (global.get $heap) (i32.const ${width === 'u8' ? 1 : 8})) (i32.const 0)`);
    expect(await outcome(answer, input)).toBe(expected);
  });
});

describe('blocks of the kernel', () => {
  const alloc = (bytes: string) => `(call $env.alloc (i64.const ${bytes}))`;

  it.each([
    ['alloc(0) is no block', alloc('0'), '0'],
    ['alloc of more than there may be is no block', alloc('16777217'), '0'],
    ['alloc of a negative length is no block', alloc('-1'), '0'],
    ['alloc of 2^32 bytes, whose low half is 0, is no block', alloc('0x100000000'), '0'],
    ['alloc of 2^32 + 8 bytes is no block', alloc('0x100000008'), '0'],
    ['the length is what was asked for, not what was rounded up', `(call $env.length ${alloc('13')})`, '13'],
    ['length_unsafe is the length', `(call $env.length_unsafe ${alloc('13')})`, '13'],
    ['the length of 0 is 0', '(call $env.length (i64.const 0))', '0'],
    ['the length of a made-up handle is 0', '(call $env.length (i64.const 0xdeadbeef00))', '0'],
    [
      'the length of an address that wraps to a block is 0',
      `(call $env.length (i64.add ${alloc('8')} (i64.const 0x100000000)))`,
      '0',
    ],
    [
      'the length of the middle of a block is 0',
      `(call $env.length (i64.add ${alloc('64')} (i64.const 8)))`,
      '0',
    ],
    ['the length of an address in the kernel’s own memory is 0', '(call $env.length (i64.const 256))', '0'],
    ['http_status_code is 0', '(i64.extend_i32_u (call $env.http_status_code))', '0'],
    ['http_headers is no block', '(call $env.http_headers)', '0'],
  ])('%s', async (_, value, expected) => {
    expect(await outcome(number(value))).toBe(expected);
  });

  it('have the length 0 after they are freed, once or twice', async () => {
    const freed = (times: number) =>
      number(
        '(call $env.length (local.get $block))',
        `(local $block i64) (local.set $block ${alloc('9')}) ${'(call $env.free (local.get $block))'.repeat(times)}`,
      );
    expect(await outcome(freed(0))).toBe('9');
    expect(await outcome(freed(1))).toBe('0');
    expect(await outcome(freed(2))).toBe('0');
  });

  it('are not hurt by a free of what is none', async () => {
    const frees = ['0', '1', '-1', '0xdeadbeef00', '256', '589824'].map(
      (at) => `(call $env.free (i64.const ${at}))`,
    );
    expect(await outcome(number('(call $env.length (call $env.input_offset))', frees.join('')), 'four')).toBe(
      '4',
    );
  });

  it('do not share bytes, whatever was freed before', async () => {
    const distance = number(
      '(i64.sub (local.get $second) (local.get $first))',
      `(local $first i64) (local $second i64)
      (local.set $first ${alloc('1')}) (call $env.free (local.get $first)) (local.set $second ${alloc('1')})`,
    );
    expect(await outcome(distance)).toBe('8');
  });

  it.each(['load_u8', 'load_u64', 'store_u8', 'store_u64'])(
    'are all that %s may touch: not the kernel’s state, its table, or what lies before and after',
    async (name) => {
      const value = { store_u8: '(i32.const 1)', store_u64: '(i64.const 1)' }[name] ?? '';
      const touch = (address: string) => {
        const call = `(call $env.${name} ${address} ${value})`;
        return doing(name.startsWith('load') ? `(drop ${call})` : call);
      };
      for (const at of ['0', '4', '256', '589823', '-1', '-8', '0x7fffffffffffffff', '0x100090000']) {
        expect([at, await outcome(touch(`(i64.const ${at})`))]).toEqual([at, 'bad_handle']);
      }
      expect(await outcome(touch('(call $env.input_offset)'), '12345678')).toBeNull();
      const past = name.endsWith('u8') ? 8 : 1;
      expect(await outcome(touch(`(i64.add (call $env.alloc (i64.const 8)) (i64.const ${past}))`))).toBe(
        'bad_handle',
      );
    },
  );
});

describe('the limits of a call', () => {
  it.each<[string, string | Uint8Array, string | null]>([
    ['as many bytes as are allowed', '12345678', '12345678'],
    ['one byte more', '123456789', 'request_too_large'],
    ['as many bytes of UTF-8 as are allowed', 'ääää', 'ääää'],
    ['one byte of UTF-8 more, in fewer characters', 'ääää1', 'request_too_large'],
    ['as many bytes in a buffer', Buffer.from('12345678'), '12345678'],
    ['one byte more in a buffer', Buffer.from('123456789'), 'request_too_large'],
  ])('are exact for a request: %s', async (_, input, expected) => {
    expect(await outcome(behave.echo(), input, { limits: { requestBytes: 8 } })).toBe(expected);
  });

  it.each([
    ['as many bytes as are allowed', '12345678', '12345678'],
    ['one byte more', '123456789', 'output_too_large'],
  ])('are exact for an output: %s', async (_, input, expected) => {
    expect(await outcome(behave.echo(), input, { limits: { outputBytes: 8 } })).toBe(expected);
  });

  it('count the output that is set, not the blocks behind it', async () => {
    const tail = behave.wat(`(call $env.output_set
      (i64.add (call $env.alloc (i64.const 100000)) (i64.const 99992)) (i64.const 8)) (i32.const 0)`);
    expect(await outcome(tail, '', { limits: { outputBytes: 8 } })).toBe('\0'.repeat(8));
  });

  it('may be other ones for single functions', async () => {
    const functions = { narrow: { requestBytes: 3 }, wide: { requestBytes: 9, outputBytes: 9 } };
    const sandbox = await openFunctions(
      { narrow: behave.echo(), wide: behave.echo(), other: behave.echo() },
      { limits: { requestBytes: 6, outputBytes: 6, functions } },
    );
    const codes = (name: string) =>
      ['123', '1234', '123456', '1234567', '123456789', '1234567890'].map((input) =>
        codeOf(() => sandbox.call(name, input)),
      );
    const tooLarge = 'request_too_large';
    expect(codes('narrow')).toEqual(['ok', tooLarge, tooLarge, tooLarge, tooLarge, tooLarge]);
    expect(codes('other')).toEqual(['ok', 'ok', 'ok', tooLarge, tooLarge, tooLarge]);
    expect(codes('wide')).toEqual(['ok', 'ok', 'ok', 'ok', 'ok', tooLarge]);
  });

  it('are for the kernel what its blocks may take together: alloc gives 0 then, and the guest goes on', async () => {
    const exhausts = behave.exhaustKernel({ refused: 'refused', served: 'served' });
    expect(await outcome(exhausts, '', { limits: { kernelMemoryBytes: 1_000_000 } })).toBe('refused');
    const fits = (bytes: number) =>
      number(`(i64.extend_i32_u (i64.ne (call $env.alloc (i64.const ${bytes})) (i64.const 0)))`);
    // Eight bytes are the kernel's, eight the empty input's.
    expect(await outcome(fits(984), '', { limits: { kernelMemoryBytes: 1000 + 16 } })).toBe('1');
    expect(await outcome(fits(1001), '', { limits: { kernelMemoryBytes: 1000 + 16 } })).toBe('0');
  });

  it.each([
    [
      'writes to the block 0',
      '(call $env.store_u64 (local.get $block) (i64.const 1)) (i32.const 0)',
      'memory',
    ],
    ['traps', '(unreachable)', 'memory'],
    ['fails', '(i32.const 1)', 'guest_error'],
    ['goes on', '(i32.const 0)', 'ok'],
  ])(
    'are reported for a failed call of a guest that was refused a block and then %s',
    async (_, then, code) => {
      const alloc = '(local $block i64) (local.set $block (call $env.alloc (i64.const 10001)))';
      const sandbox = await openFunctions(
        { run: behave.wat(`${alloc} ${then}`), bad: behave.badHandle('load') },
        { limits: { kernelMemoryBytes: 10_000 } },
      );
      expect(codeOf(() => sandbox.call('run'))).toBe(code);
      expect(codeOf(() => sandbox.call('bad'))).toBe('bad_handle');
    },
  );

  it('apply to each call separately', async () => {
    const sandbox = await openFunctions(
      { run: behave.exhaustKernel({ refused: 'refused', served: 'served' }, 1000), none: behave.noOutput() },
      { limits: { kernelMemoryBytes: 10_000 } },
    );
    for (let times = 0; times < 20; times += 1) {
      expect(textOf(sandbox.call('run'))).toBe('refused');
      expect(sandbox.call('none', 'x'.repeat(9000))).toBeNull();
    }
  });
});

describe('what a call leaves behind', () => {
  const fill = `(local $at i64) (local $end i64)
    (local.set $at (call $env.alloc (i64.const 8000)))
    (local.set $end (i64.add (local.get $at) (i64.const 8000)))
    (loop $next
      (call $env.store_u64 (local.get $at) (i64.const -1))
      (br_if $next (i64.lt_u (local.tee $at (i64.add (local.get $at) (i64.const 8))) (local.get $end))))`;
  const guests = {
    fill: behave.wat(`${fill} (i32.const 0)`),
    fillAndFail: behave.wat(`${fill} (i32.const 1)`),
    fillAndTrap: behave.wat(`${fill} (unreachable)`),
    fresh: behave.wat(
      `(local $block i64) (local.set $block (call $env.alloc (i64.const 15993)))
      (call $env.output_set (local.get $block) (i64.const 16000)) (i32.const 0)`,
    ),
    last: number('(call $env.alloc (i64.const 4000))'),
    lastEnd: number('(i64.add (call $env.alloc (i64.const 4000)) (i64.const 3999))'),
    load: doing('(drop (call $env.load_u8 (call $env.input_load_u64 (i64.const 0))))'),
    output: doing('(call $env.output_set (call $env.input_load_u64 (i64.const 0)) (i64.const 1))'),
    error: doing('(call $env.error_set (call $env.input_load_u64 (i64.const 0)))'),
    length: number('(call $env.length (call $env.input_load_u64 (i64.const 0)))'),
    none: behave.noOutput(),
    ownError: behave.guestError('of the first call'),
  };

  it.each(['fill', 'fillAndFail', 'fillAndTrap'])('is zeroed before the next one: after %s', async (name) => {
    const sandbox = await openFunctions(guests);
    codeOf(() => sandbox.call(name, 'SECRET'.repeat(1000)));
    expect(Buffer.from(sandbox.call('fresh') ?? 'none').equals(Buffer.alloc(16_000))).toBe(true);
  });

  const address = (sandbox: Sandbox, of: 'last' | 'lastEnd'): Uint8Array => {
    const handle = Buffer.alloc(8);
    handle.writeBigUInt64LE(BigInt(textOf(sandbox.call(of)) ?? 0));
    return handle;
  };

  it.each(['load', 'output'])('cannot be reached by its address: %s', async (name) => {
    const sandbox = await openFunctions(guests);
    const handle = address(sandbox, 'lastEnd');
    expect(codeOf(() => sandbox.call(name, handle))).toBe('bad_handle');
  });

  it('is no handle any more', async () => {
    const sandbox = await openFunctions(guests);
    const handle = address(sandbox, 'lastEnd');
    expect(textOf(sandbox.call('length', handle))).toBe('0');
    expect(codeOf(() => sandbox.call('error', handle))).toBe('bad_handle');
  });

  it('is neither an output nor an error of the next call', async () => {
    const sandbox = await openFunctions(guests);
    expect(textOf(sandbox.call('last'))).not.toBe('');
    expect(sandbox.call('none')).toBeNull();
    expect(codeOf(() => sandbox.call('ownError'))).toBe('guest_error');
    expect(sandbox.call('none')).toBeNull();
  });
});
