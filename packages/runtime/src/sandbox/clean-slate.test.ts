import { describe, expect, it } from 'vitest';

import { clock } from '../base/clock.ts';
import { defineHostFunction, type HostFunction } from '../host-functions/define-host-function.ts';
import { INSTANCE_MODES, type InstanceMode } from './guest-service.ts';
import { createBreaker } from '../breaker/breaker.ts';
import { useStepClock } from '../testing/step-clock.ts';
import { openService, type TestService } from './testing/open-service.ts';
import { SPIN } from './testing/spending.ts';

/** What a call changes, and an expression that is 0 only as long as it has not. */
interface Change {
  readonly fields?: string;
  readonly change: string;
  readonly differs: string;
  /** Other modules, by name. */
  readonly linked?: Readonly<Record<string, string>>;
}

const VAR = `(import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "length" (func $length (param i64) (result i64)))
  (import "extism:host/env" "var_set" (func $var_set (param i64 i64)))
  (import "extism:host/env" "var_get" (func $var_get (param i64) (result i64)))`;
const WASI_CLOSE = `(import "wasi_snapshot_preview1" "fd_close" (func $close (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_sync" (func $sync (param i32) (result i32)))`;
const TABLE = `(type $f (func (result i32))) (table $t 4 8 funcref) (elem (i32.const 0) $one $two $one)
  (elem declare func $two) (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))`;
const FIRST_OF_TABLE = '(i32.sub (call_indirect $t (type $f) (i32.const 0)) (i32.const 1))';
const MEMORY = '(memory $m 2 6)';

const global = (type: string, value: string, changed: string): Change => ({
  fields: `(global $g (mut ${type}) ${value})`,
  change: `(global.set $g ${changed})`,
  differs: `(${type}.ne (global.get $g) ${value})`,
});

const CHANGES: Readonly<Record<string, Change>> = {
  'a byte of its memory': {
    fields: MEMORY,
    change: '(i32.store8 (i32.const 70000) (i32.const 1))',
    differs: '(i32.load8_u (i32.const 70000))',
  },
  'a byte of its data': {
    fields: `${MEMORY} (data (i32.const 5000) "A")`,
    change: '(i32.store8 (i32.const 5000) (i32.const 1))',
    differs: '(i32.ne (i32.load8_u (i32.const 5000)) (i32.const 65))',
  },
  'all of its memory': {
    fields: `${MEMORY} (data (i32.const 131071) "A")`,
    change: '(memory.fill (i32.const 0) (i32.const 255) (i32.const 131072))',
    differs: `(i32.or (i32.load (i32.const 65536))
      (i32.or (i32.load (i32.const 0)) (i32.ne (i32.load8_u (i32.const 131071)) (i32.const 65))))`,
  },
  'the size of its memory': {
    fields: MEMORY,
    change: '(drop (memory.grow (i32.const 1)))',
    differs: '(i32.sub (memory.size) (i32.const 2))',
  },
  'the size of its memory, up to the limit': {
    fields: MEMORY,
    change: '(drop (memory.grow (i32.const 4)))',
    differs: '(i32.sub (memory.grow (i32.const 4)) (i32.const 2))',
  },
  'memory beyond what it had': {
    fields: MEMORY,
    change: '(drop (memory.grow (i32.const 1))) (i32.store (i32.const 131072) (i32.const 7))',
    differs: '(drop (memory.grow (i32.const 1))) (i32.load (i32.const 131072))',
  },
  'a global of i32': global('i32', '(i32.const 7)', '(i32.const -1)'),
  'a global of i64': global('i64', '(i64.const 7)', '(i64.const 0x1122334455667788)'),
  'a global of f32': global('f32', '(f32.const 0.5)', '(f32.const 1)'),
  'a global of f64': global('f64', '(f64.const 0.1)', '(f64.const -0)'),
  'the bits of a NaN': {
    fields: '(global $g (mut f64) (f64.const nan:0x4000000000123))',
    change: '(global.set $g (f64.const nan:0x4000000000124))',
    differs: '(i64.ne (i64.reinterpret_f64 (global.get $g)) (i64.const 0x7ff4000000000123))',
  },
  'a global of v128': {
    fields: '(global $g (mut v128) (v128.const i32x4 1 2 3 4))',
    change: '(global.set $g (v128.const i32x4 1 2 9 4))',
    differs: '(i32.sub (i32x4.extract_lane 2 (global.get $g)) (i32.const 3))',
  },
  'a global of funcref': {
    fields: `${TABLE} (global $g (mut funcref) (ref.func $one))`,
    change: '(global.set $g (ref.func $two))',
    differs: `(table.set $t (i32.const 3) (global.get $g))
      (i32.sub (call_indirect $t (type $f) (i32.const 3)) (i32.const 1))`,
  },
  'a global that it exports': {
    fields: '(global $g (export "g") (mut i32) (i32.const 0))',
    change: '(global.set $g (i32.const 5))',
    differs: '(global.get $g)',
  },
  'an element of its table': {
    fields: TABLE,
    change: '(table.set $t (i32.const 0) (ref.func $two))',
    differs: FIRST_OF_TABLE,
  },
  'elements of its table, by table.fill': {
    fields: TABLE,
    change: '(table.fill $t (i32.const 0) (ref.null func) (i32.const 4))',
    differs: FIRST_OF_TABLE,
  },
  'elements of its table, by table.copy': {
    fields: TABLE,
    change: '(table.copy $t $t (i32.const 0) (i32.const 1) (i32.const 2))',
    differs: FIRST_OF_TABLE,
  },
  'elements of its table, by table.init': {
    fields: `${TABLE} (elem $e func $two)`,
    change: '(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1))',
    differs: FIRST_OF_TABLE,
  },
  'the size of its table': {
    fields: TABLE,
    change: '(drop (table.grow $t (ref.null func) (i32.const 1)))',
    differs: '(i32.sub (table.size $t) (i32.const 4))',
  },
  'a table of externref': {
    fields: '(table $t 2 externref)',
    change: '(drop (table.grow $t (ref.null extern) (i32.const 3)))',
    differs: '(i32.sub (table.size $t) (i32.const 2))',
  },
  'its segments of data': {
    fields: `${MEMORY} (data $d "abc")`,
    change: '(data.drop $d)',
    differs: `(memory.init $d (i32.const 0) (i32.const 0) (i32.const 3))
      (i32.sub (i32.load8_u (i32.const 0)) (i32.const 97))`,
  },
  'its segments of elements': {
    fields: `${TABLE} (elem $e func $one)`,
    change: '(elem.drop $e)',
    differs: `(table.init $t $e (i32.const 0) (i32.const 0) (i32.const 1)) ${FIRST_OF_TABLE}`,
  },
  'a variable': {
    fields: `${VAR} ${MEMORY}`,
    change: '(call $var_set (call $alloc (i64.const 1)) (call $alloc (i64.const 1)))',
    differs: '(i64.ne (call $var_get (call $alloc (i64.const 1))) (i64.const 0))',
  },
  'a descriptor of WASI': {
    fields: `${WASI_CLOSE} ${MEMORY}`,
    change: '(drop (call $close (i32.const 1)))',
    differs: '(call $sync (i32.const 1))',
  },
  'the memory of a library': {
    fields: '(import "lib" "put" (func $put)) (import "lib" "got" (func $got (result i32)))',
    change: '(call $put)',
    differs: '(call $got)',
    linked: {
      lib: `(module (memory 1) (global $g (mut i32) (i32.const 0))
        (func (export "put") (global.set $g (i32.const 1)) (i32.store (i32.const 8) (i32.const 1)))
        (func (export "got") (result i32) (i32.or (global.get $g) (i32.load (i32.const 8)))))`,
    },
  },
  'the size of a memory that a library has': {
    fields: '(import "lib" "memory" (memory 1))',
    change: '(i32.store (i32.const 4) (memory.grow (i32.const 1)))',
    differs: '(i32.or (i32.load (i32.const 4)) (i32.sub (memory.size) (i32.const 1)))',
    linked: { lib: '(module (memory (export "memory") 1 4))' },
  },
  'a global of a library': {
    fields: '(import "lib" "g" (global $g (mut i32)))',
    change: '(global.set $g (i32.const 1))',
    differs: '(global.get $g)',
    linked: { lib: '(module (global (export "g") (mut i32) (i32.const 0)))' },
  },
  'a table of a library, which never changes it': {
    fields: '(type $f (func (result i32))) (import "lib" "t" (table $t 1 funcref))',
    change: '(table.set $t (i32.const 0) (ref.null func))',
    differs: '(call_indirect $t (type $f) (i32.const 0))',
    linked: {
      lib: '(module (table (export "t") 1 funcref) (elem (i32.const 0) $f) (func $f (result i32) (i32.const 0)))',
    },
  },
};

const IMPORTS = /\(import (?:"[^"]*" ){2}\((?:[^()]|\([^()]*\))*\)\)/g;

/** A module whose `change` ends well, and whose `check` ends well only where nothing is changed. */
const moduleOf = ({ fields = '', change, differs }: Change, start = ''): string => {
  const imports = fields.match(IMPORTS) ?? [];
  return `(module ${imports.join(' ')} ${fields.replaceAll(IMPORTS, '')} ${start}
    (func (export "change") ${change}) (func (export "change_and_trap") ${change} (unreachable))
    (func (export "spin") ${change} ${SPIN})
    (func (export "check") (result i32) ${differs}))`;
};

const open = async (change: Change, mode: InstanceMode, start?: string): Promise<TestService> =>
  await openService(
    { main: moduleOf(change, start), ...change.linked },
    { mode, limits: { memoryBytes: 8 * 65_536, functions: { spin: { fuel: 10_000 } } } },
  );

/** A start function that has done something, so that a new instance alone is not clean. */
const START =
  '(global $started (mut i32) (i32.const 0)) (func $s (global.set $started (i32.const 1))) (start $s)';

describe.each(
  INSTANCE_MODES.flatMap(
    (mode) =>
      [
        [mode, 'without start functions', ''],
        [mode, 'with one', START],
      ] as const,
  ),
)('after a call that crashes, in the mode %s and %s,', (mode, _, start) => {
  it.each(Object.entries(CHANGES))('the next call in the same turn does not see %s', async (__, change) => {
    const service = await open(change, mode, start);
    for (let times = 0; times < 4; times += 1) {
      expect(service.call('check')).toBe('ok');
      expect(service.call('change_and_trap')).toBe('unreachable');
      expect(service.call('change_and_trap')).toBe('unreachable');
      expect(service.call('check')).toBe('ok');
      expect(service.call('spin')).toBe('fuel');
    }
  });
});

describe('a call in the mode per_call', () => {
  it.each(Object.entries(CHANGES))('does not see what the one before did to %s', async (_, change) => {
    const service = await open(change, 'per_call');
    for (let times = 0; times < 4; times += 1) {
      expect(service.call('change')).toBe('ok');
      expect(service.call('check')).toBe('ok');
    }
  });

  it('differs from the mode shared, in which the next call sees every change of this file', async () => {
    for (const [name, change] of Object.entries(CHANGES)) {
      const service = await open(change, 'shared');
      expect([name, service.call('change')]).toEqual([name, 'ok']);
      expect([name, service.call('check')]).not.toEqual([name, 'ok']);
    }
  });

  it('reports the memory that the guest used, although the guest is restored', async () => {
    const service = await open(CHANGES['the size of its memory'] as Change, 'per_call');
    service.call('change');
    expect(service.memoryBytes()).toBe(3 * 65_536);
    service.call('check');
    expect(service.memoryBytes()).toBe(2 * 65_536);
  });
});

/** Counts how often start functions run, and fails them when it is told to. */
const countStarts = () => {
  const starts = { count: 0, fails: false };
  const began = defineHostFunction({
    namespace: 'env',
    name: 'began',
    run: () => {
      starts.count += 1;
      if (starts.fails) throw new Error('on purpose');
    },
  });
  const times = defineHostFunction({
    namespace: 'env',
    name: 'times',
    result: 'i32',
    run: () => starts.count,
  });
  return { starts, hostFunctions: [began, times] };
};

const BEGAN = '(import "env" "began" (func $began))';
const GROW = '(func (export "grow_and_trap") (drop (memory.grow (i32.const 1))) (unreachable))';
const FINE = '(func (export "fine"))';
/** What a start function writes into a table only running it again gives to another instance. */
const TABLE_SET = '(table.set $t (i32.const 0) (ref.func $begin))';

const starting = (begin: string, fields = '', check = ''): string =>
  `(module ${BEGAN} (import "env" "times" (func $times (result i32)))
    (memory 1) (table $t 1 funcref) (elem declare func $begin) (global $g (mut i64) (i64.const 1)) ${fields}
    (func $begin (call $began) ${begin}) (start $begin) ${GROW} ${FINE}
    (func (export "trap") (unreachable)) (func (export "hasty")) (func (export "check") (result i32) ${check || '(i32.const 0)'}))`;

describe('start functions', () => {
  it.each<[string, string, string]>([
    [
      'memory and globals',
      '(global.set $g (i64.const -2)) (i32.store (i32.const 12) (i32.const 9))',
      '(i32.or (i64.ne (global.get $g) (i64.const -2)) (i32.sub (i32.load (i32.const 12)) (i32.const 9)))',
    ],
    [
      'a memory that they made larger, and data that they cleared',
      '(drop (memory.grow (i32.const 2))) (i32.store (i32.const 190000) (i32.const 9)) (i32.store (i32.const 40000) (i32.const 0))',
      `(i32.or (i32.load (i32.const 40000))
        (i32.or (i32.sub (memory.size) (i32.const 3)) (i32.sub (i32.load (i32.const 190000)) (i32.const 9))))`,
    ],
  ])('do not run again, because every instance gets their changes of %s', async (_, begin, check) => {
    const { starts, hostFunctions } = countStarts();
    const fields = '(data (i32.const 40000) "\\01")';
    const service = await openService(starting(begin, fields, check), { hostFunctions });
    for (const name of ['trap', 'grow_and_trap', 'trap', 'grow_and_trap', 'grow_and_trap']) {
      expect(service.call(name)).toBe('unreachable');
      expect(service.call('check')).toBe('ok');
    }
    expect(starts.count).toBe(1);
  });

  it('run again before the next call if their changes cannot be copied to a new instance', async () => {
    const { starts, hostFunctions } = countStarts();
    const check = '(ref.is_null (table.get $t (i32.const 0)))';
    const service = await openService(starting(TABLE_SET, '', check), { hostFunctions });
    for (let times = 1; times <= 3; times += 1) {
      expect(service.call('trap')).toBe('unreachable');
      expect(service.call('check')).toBe('ok');
      expect(starts.count).toBe(times);
      expect(service.call('grow_and_trap')).toBe('unreachable');
      expect(starts.count).toBe(times);
      expect(service.call('check')).toBe('ok');
      expect(starts.count).toBe(times + 1);
    }
  });

  it('fail the next call if they fail in a new instance, and run again for the call after it', async () => {
    const { starts, hostFunctions } = countStarts();
    const service = await openService(starting(TABLE_SET), { hostFunctions });
    expect(service.call('grow_and_trap')).toBe('unreachable');
    starts.fails = true;
    for (let times = 0; times < 3; times += 1) expect(service.call('fine')).toBe('host_function_failed');
    expect(starts.count).toBe(4);
    starts.fails = false;
    expect(service.call('fine')).toBe('ok');
    expect(service.call('fine')).toBe('ok');
    expect(starts.count).toBe(5);
  });

  it('have the fuel of initialisation and the time of the call when they run again', async () => {
    const { starts, hostFunctions } = countStarts();
    const main = starting(`${TABLE_SET} (if (i32.gt_u (call $times) (i32.const 1)) (then ${SPIN}))`);
    const limits = {
      initialisationMs: 60_000,
      initialisationFuel: 1e12,
      fuel: 100_000,
      functions: { hasty: { deadlineMs: 5 } },
    };
    const service = await openService(main, { hostFunctions, limits });
    expect(service.call('grow_and_trap')).toBe('unreachable');
    expect(service.call('hasty')).toBe('deadline');
    expect(starts.count).toBe(2);
    const little = { ...limits, initialisationFuel: 10_000 };
    starts.count = 0;
    const other = await openService(main, { hostFunctions, limits: little });
    expect(other.call('grow_and_trap')).toBe('unreachable');
    expect(other.call('fine')).toBe('fuel');
  });

  it('take time that the breaker counts like that of failing calls when they run again', async () => {
    const steps = useStepClock();
    const slow = defineHostFunction({ namespace: 'env', name: 'began', run: () => steps.wait(600) });
    const [, times] = countStarts().hostFunctions;
    const limits = { minimumCalls: 4, windowMs: 1000, failureShare: 1, timeShare: 0.5 };
    const breaker = createBreaker(limits, () => clock.nowMs());
    const hostFunctions = [slow, times as HostFunction];
    const service = await openService(starting(TABLE_SET), { hostFunctions, breaker });
    for (let calls = 0; calls < 4; calls += 1) expect(service.call('fine')).toBe('ok');
    expect(service.call('grow_and_trap')).toBe('unreachable');
    expect(breaker.state()).toBe('closed');
    expect(service.call('fine')).toBe('ok');
    expect(breaker.state()).toBe('open');
  });
});
