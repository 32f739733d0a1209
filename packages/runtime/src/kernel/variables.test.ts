import { behave, type Behaviour } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { createVariables } from './variables.ts';
import { codeOf, textOf } from '../sandbox/testing/call-ends.ts';
import { openFunctions } from '../sandbox/testing/open-sandbox.ts';

/** Creates a key of one byte with its block in `$key`, and a value of this number of zero bytes. */
const setZeroes = (bytes: number): Behaviour =>
  behave.wat(`(local $key i64)
    (local.set $key (call $env.alloc (i64.const 1)))
    (call $env.store_u8 (local.get $key) (i32.const 107))
    (call $env.var_set (local.get $key) (call $env.alloc (i64.const ${bytes})))
    (i32.const 0)`);

describe('variables', () => {
  it('keep their values between calls', async () => {
    const sandbox = await openFunctions({
      set: behave.varSet('greeting', 'Moin Ada 🌍'),
      overwrite: behave.varSet('greeting', Uint8Array.of(0, 255, 0)),
      get: behave.varGet('greeting'),
      other: behave.varGet('Greeting'),
    });
    expect(sandbox.call('get')).toBeNull();
    sandbox.call('set');
    expect(textOf(sandbox.call('get'))).toBe('Moin Ada 🌍');
    expect(sandbox.call('other')).toBeNull();
    sandbox.call('overwrite');
    expect(sandbox.call('get')).toEqual(Uint8Array.of(0, 255, 0));
    expect(sandbox.call('get')).toEqual(Uint8Array.of(0, 255, 0));
  });

  it('can be deleted, and deleted again', async () => {
    const sandbox = await openFunctions({
      set: behave.varSet('key', 'value'),
      delete: behave.varDelete('key'),
      get: behave.varGet('key'),
    });
    sandbox.call('set');
    sandbox.call('delete');
    sandbox.call('delete');
    expect(sandbox.call('get')).toBeNull();
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'ключ', ' '])(
    'may be called %j',
    async (key) => {
      const sandbox = await openFunctions({ get: behave.varGet(key), set: behave.varSet(key, 'mine') });
      expect(sandbox.call('get')).toBeNull();
      sandbox.call('set');
      expect(textOf(sandbox.call('get'))).toBe('mine');
    },
  );

  it('can be empty, which differs from being absent', async () => {
    const setEmpty = behave.wat(`(local $key i64)
      (local.set $key (call $env.alloc (i64.const 1)))
      (call $env.var_set (local.get $key) (call $env.config_get (call $env.input_offset)))
      (i32.const 0)`);
    const isAbsent = behave.wat(`(local $key i64) (local $value i64)
      (local.set $value (call $env.var_get (call $env.alloc (i64.const 1))))
      (if (i64.eqz (local.get $value)) (then (return (i32.const 9))))
      (call $env.output_set (local.get $value) (call $env.length (local.get $value)))
      (i32.const 0)`);
    const sandbox = await openFunctions({ setEmpty, isAbsent }, { config: { empty: '' } });
    expect(codeOf(() => sandbox.call('isAbsent'))).toBe('guest_error');
    sandbox.call('setEmpty', 'empty');
    expect(sandbox.call('isAbsent')).toEqual(new Uint8Array());
  });

  it('are copies, which the guest cannot change through its blocks', async () => {
    const setThenSpoil = behave.wat(`(local $key i64) (local $value i64)
      (local.set $key (call $env.alloc (i64.const 1)))
      (local.set $value (call $env.alloc (i64.const 1)))
      (call $env.store_u8 (local.get $value) (i32.const 65))
      (call $env.var_set (local.get $key) (local.get $value))
      (call $env.store_u8 (local.get $value) (i32.const 66))
      (call $env.store_u8 (call $env.var_get (local.get $key)) (i32.const 67))
      (call $lib.answer_block (call $env.var_get (local.get $key)))
      (i32.const 0)`);
    const sandbox = await openFunctions({ run: setThenSpoil });
    expect(textOf(sandbox.call('run'))).toBe('A');
  });

  it('are removed with the instance that stored them', async () => {
    const functions = { set: behave.varSet('key', 'value'), get: behave.varGet('key'), trap: behave.trap() };
    const sandbox = await openFunctions(functions);
    sandbox.call('set');
    expect(codeOf(() => sandbox.call('trap'))).toBe('unreachable');
    expect(sandbox.call('get')).toBeNull();
  });

  it('are kept after an error that the guest reports', async () => {
    const sandbox = await openFunctions({
      setAndFail: behave.sequence(behave.varSet('key', 'value'), behave.guestError('no')),
      get: behave.varGet('key'),
    });
    expect(codeOf(() => sandbox.call('setAndFail'))).toBe('guest_error');
    expect(textOf(sandbox.call('get'))).toBe('value');
  });

  it('are not shared between sandboxes', async () => {
    const functions = { set: behave.varSet('key', 'value'), get: behave.varGet('key') };
    const [one, other] = [await openFunctions(functions), await openFunctions(functions)];
    one.call('set');
    expect(other.call('get')).toBeNull();
  });
});

describe('the quota of variables', () => {
  it.each([
    [99, 'ok'],
    [100, 'variable_quota'],
  ])('counts the key with the value: 1 and %i bytes of 100 are %s', async (bytes, code) => {
    const sandbox = await openFunctions({ set: setZeroes(bytes) }, { limits: { variableBytes: 100 } });
    expect(codeOf(() => sandbox.call('set'))).toBe(code);
  });

  it('counts keys in bytes, and empty values by their keys', async () => {
    const sandbox = await openFunctions(
      { one: behave.varSet('ää', '1'), two: behave.varSet('öö', '1'), three: behave.varSet('x', '1') },
      { limits: { variableBytes: 10 } },
    );
    sandbox.call('one');
    sandbox.call('two');
    expect(codeOf(() => sandbox.call('three'))).toBe('variable_quota');
  });

  it('is freed by overwriting and by deleting', async () => {
    const functions = {
      large: setZeroes(99),
      small: setZeroes(9),
      other: behave.varSet('other', 'x'.repeat(85)),
      remove: behave.varDelete('k'),
    };
    const sandbox = await openFunctions(functions, { limits: { variableBytes: 100 } });
    for (let times = 0; times < 3; times += 1) sandbox.call('large');
    sandbox.call('small');
    sandbox.call('other');
    sandbox.call('remove');
    sandbox.call('small');
    expect(codeOf(() => sandbox.call('large'))).toBe('variable_quota');
  });

  it('limits the number of variables, because each takes more memory than its bytes', () => {
    const variables = createVariables(1024 * 1024);
    const empty = new Uint8Array();
    let stored = 0;
    while (variables.set(`key ${stored}`, empty)) stored += 1;
    expect(stored).toBe((1024 * 1024) / 64);
    expect(variables.set('key 0', Buffer.from('overwriting needs no place'))).toBe(true);
    variables.delete('key 0');
    expect(variables.set('another', empty)).toBe(true);
    expect(variables.set('one more', empty)).toBe(false);
  });

  it('ends the call of a guest that stores one variable too many', async () => {
    const storeMany = behave.wat(`(local $left i32) (local $key i64)
      (local.set $left (i32.const 1025))
      (loop $next
        (local.set $key (call $env.alloc (i64.const 4)))
        (call $env.store_u8 (local.get $key) (i32.add (i32.rem_u (local.get $left) (i32.const 64)) (i32.const 32)))
        (call $env.store_u8 (i64.add (local.get $key) (i64.const 1)) (i32.add (i32.div_u (local.get $left) (i32.const 64)) (i32.const 32)))
        (call $env.var_set (local.get $key) (local.get $key))
        (br_if $next (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
      (i32.const 0)`);
    const roomy = await openFunctions({ run: storeMany }, { limits: { variableBytes: 1_048_576 } });
    expect(codeOf(() => roomy.call('run'))).toBe('ok');
    const small = await openFunctions({ run: storeMany }, { limits: { variableBytes: 65_536 } });
    expect(codeOf(() => small.call('run'))).toBe('variable_quota');
  });

  it('keeps the last value if a new one exceeds it', () => {
    const variables = createVariables(10);
    expect(variables.set('k', Buffer.from('123456789'))).toBe(true);
    expect(variables.set('k', Buffer.from('1234567890'))).toBe(false);
    expect(variables.set('l', Buffer.from(''))).toBe(false);
    expect(Buffer.from(variables.get('k') ?? '').toString()).toBe('123456789');
    expect(variables.get('l')).toBeUndefined();
  });
});

describe('handles of variables', () => {
  it.each([
    ['a key that is none', '(call $env.var_set (i64.const 7) (call $env.alloc (i64.const 1)))', 'bad_handle'],
    ['no key', '(call $env.var_set (i64.const 0) (call $env.alloc (i64.const 1)))', 'bad_handle'],
    [
      'a value that is none',
      '(call $env.var_set (call $env.alloc (i64.const 1)) (i64.const 7))',
      'bad_handle',
    ],
    [
      'a value from the middle of a block',
      '(call $env.var_set (call $env.alloc (i64.const 1)) (i64.add (call $env.alloc (i64.const 16)) (i64.const 8)))',
      'bad_handle',
    ],
    ['a deletion by no key', '(call $env.var_set (i64.const 0) (i64.const 0))', 'bad_handle'],
    [
      'a question for no key',
      '(if (i64.ne (call $env.var_get (i64.const 7)) (i64.const 0)) (then (unreachable)))',
      'ok',
    ],
  ])('are checked: %s is %s', async (_, body, code) => {
    const sandbox = await openFunctions({ run: behave.wat(`${body} (i32.const 0)`) });
    expect(codeOf(() => sandbox.call('run'))).toBe(code);
  });
});

describe('configuration', () => {
  it.each([
    ['a string', { key: 'value' }, 'key', 'value'],
    ['text beyond ASCII', { schlüssel: 'wert 🌍' }, 'schlüssel', 'wert 🌍'],
    ['an empty string', { key: '' }, 'key', ''],
    ['nothing for a key that is absent', { key: 'value' }, 'Key', null],
    ['nothing without a configuration', undefined, 'key', null],
    ['nothing for what every object has', {}, 'toString', null],
    ['nothing for what makes every object', {}, 'constructor', null],
    ['nothing for what is before every object', {}, '__proto__', null],
    ['a key called toString', { toString: 'mine' }, 'toString', 'mine'],
    [
      'a key called __proto__',
      JSON.parse('{"__proto__":"mine"}') as Record<string, string>,
      '__proto__',
      'mine',
    ],
  ])('gives %s', async (_, config, key, expected) => {
    const sandbox = await openFunctions(
      { get: behave.configGet(key) },
      config === undefined ? {} : { config },
    );
    expect(textOf(sandbox.call('get'))).toBe(expected);
  });

  it('is read when the sandbox is created, and does not see later changes', async () => {
    const config = { key: 'before' };
    const sandbox = await openFunctions({ get: behave.configGet('key') }, { config });
    config.key = 'after';
    expect(textOf(sandbox.call('get'))).toBe('before');
  });

  it('returns nothing for an invalid handle', async () => {
    const sandbox = await openFunctions({
      run: behave.wat('(call $lib.answer_block (call $env.config_get (i64.const 7))) (i32.const 0)'),
    });
    expect(sandbox.call('run')).toBeNull();
  });

  it('ends the call with memory if the value has no room in the kernel', async () => {
    const options = { config: { key: 'x'.repeat(1000) }, limits: { kernelMemoryBytes: 1000 } };
    const sandbox = await openFunctions({ get: behave.configGet('key') }, options);
    expect(codeOf(() => sandbox.call('get'))).toBe('memory');
  });
});
