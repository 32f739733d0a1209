import { inspect } from 'node:util';

import { behave, type Behaviour, compileWat } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import type { CallCode } from '../outcomes/call-result.ts';
import { CALL_CODES } from '../outcomes/call-result.ts';
import { defineHostFunction } from '../host-functions/define-host-function.ts';
import { collectUntil } from '../testing/collect-garbage.ts';
import { createSandbox, type SandboxOptions } from './create-sandbox.ts';
import { SandboxError } from '../outcomes/sandbox-error.ts';
import { textOf } from './testing/call-ends.ts';
import { openFunctions, openModules } from './testing/open-sandbox.ts';

const errorOf = (call: () => unknown): SandboxError => {
  try {
    call();
  } catch (error) {
    if (error instanceof SandboxError) return error;
    throw error;
  }
  throw new Error('the call succeeded');
};

const SECRET = 'SECRET of the guest';
const count = behave.countCalls('%d', 'memory');

/** One sandbox for each code, and the call that ends with it; `kept` where the instance goes on. */
interface Scenario {
  readonly functions?: Record<string, Behaviour>;
  readonly options?: SandboxOptions;
  readonly kept?: true;
  readonly input?: string;
  readonly name?: string;
}

const fillKernel = behave.wat(
  '(loop $again (br_if $again (i64.ne (call $env.alloc (i64.const 8)) (i64.const 0)))) (i32.const 0)',
);
const failing = defineHostFunction({
  name: 'fail',
  run: () => {
    throw new Error(SECRET);
  },
});
const callsHost = behave.callHostFunction({ name: 'fail' });

const WASI = 'wasi_snapshot_preview1';
const exits = behave.callHostFunction({ namespace: WASI, name: 'proc_exit', args: [3] });
const asksClock = behave.callHostFunction({
  namespace: WASI,
  name: 'clock_time_get',
  args: [0, 0n, 8],
  result: 'i32',
});

const SCENARIOS: Partial<Record<CallCode, Scenario>> = {
  fuel: {
    functions: { run: behave.spin() },
    options: { limits: { functions: { run: { fuel: 10_000 } } } },
  },
  deadline: {
    functions: { run: behave.spin() },
    options: { limits: { functions: { run: { deadlineMs: 10, fuel: 1_000_000_000_000 } } } },
  },
  unreachable: { functions: { run: behave.trap('unreachable') } },
  out_of_bounds: { functions: { run: behave.trap('outOfBounds') } },
  division: { functions: { run: behave.trap('divideByZero') } },
  conversion: { functions: { run: behave.trap('conversion') } },
  indirect_call: { functions: { run: behave.trap('indirectCall') } },
  stack_overflow: { functions: { run: behave.trap('stackOverflow') } },
  memory: {
    functions: {
      run: behave.sequence(
        behave.varSet('key', 'value'),
        fillKernel,
        behave.wat('(drop (call $env.var_get (call $env.input_offset))) (i32.const 0)'),
      ),
    },
    input: 'key',
    options: { limits: { kernelMemoryBytes: 65_536 } },
  },
  request_too_large: {
    functions: { run: behave.echo() },
    input: '123456789',
    options: { limits: { requestBytes: 8 } },
    kept: true,
  },
  output_too_large: {
    functions: { run: behave.answerText('123456789') },
    options: { limits: { outputBytes: 8 } },
  },
  guest_error: { functions: { run: behave.guestError(SECRET) }, kept: true },
  guest_exit: { functions: { run: exits }, options: { wasi: true } },
  bad_handle: { functions: { run: behave.badHandle('load') } },
  variable_quota: {
    functions: { run: behave.varSet('key', 'value') },
    options: { limits: { variableBytes: 7 } },
  },
  http_refused: { functions: { run: behave.httpRequest() } },
  host_function_failed: {
    functions: { run: callsHost },
    options: { hostFunctions: [failing] },
  },
  bad_argument: {
    functions: { run: behave.callHostFunction({ name: 'take', args: [Uint8Array.of(0xff)] }) },
    options: { hostFunctions: [defineHostFunction({ name: 'take', parameters: ['text'], run: () => {} })] },
  },
  source_failed: {
    functions: { run: asksClock },
    options: { wasi: true, sources: { nowUnixMs: () => Number.NaN } },
  },
  no_function: { name: 'nowhere', kept: true },
};

/** The codes of which the scenarios are more than one call; each has a test of its own in this folder. */
const ELSEWHERE: readonly CallCode[] = [
  'trap',
  'reentrant_call',
  'out_of_memory',
  'closed',
  // Only plugins in processes end in these.
  'process_exited',
  'not_connected',
  'call_failed',
  'too_many_calls',
];
/** What only the layer above knows. */
const ABOVE: readonly CallCode[] = [
  'output_too_complex',
  'host_call_refused',
  'capability_denied',
  'breaker_open',
  'storage_quota',
  'storage_unavailable',
];

describe('a call that fails', () => {
  it('has a scenario here for every code', () => {
    expect([...Object.keys(SCENARIOS), ...ELSEWHERE, ...ABOVE].toSorted()).toEqual(
      [...CALL_CODES].toSorted(),
    );
  });

  it.each(Object.entries(SCENARIOS))('ends with %s, and the next call works', async (code, scenario) => {
    const sandbox = await openFunctions(
      { ...scenario.functions, count, fine: behave.answerText('fine') },
      scenario.options,
    );
    expect(textOf(sandbox.call('count'))).toBe('1');
    const { name = 'run', input = '' } = scenario;
    const error = errorOf(() => sandbox.call(name, input));
    expect(error).toMatchObject({ name: 'SandboxError', code });
    expect(error.message).toMatch(new RegExp(`^${code}: ..`));
    expect(inspect(error, { depth: 9 })).not.toContain('SECRET');
    expect(textOf(sandbox.call('fine'))).toBe('fine');
    // One that is kept goes on counting; one that was restored begins again.
    expect(textOf(sandbox.call('count'))).toBe(scenario.kept === true ? '2' : '1');
  });

  it.each(Object.keys(SCENARIOS) as CallCode[])(
    'with %s can fail many times, and the sandbox still works',
    async (code) => {
      const scenario = SCENARIOS[code] as Scenario;
      const sandbox = await openFunctions(
        { ...scenario.functions, fine: behave.answerText('fine') },
        scenario.options,
      );
      for (let times = 0; times < 25; times += 1)
        expect(errorOf(() => sandbox.call(scenario.name ?? 'run', scenario.input)).code).toBe(code);
      expect(textOf(sandbox.call('fine'))).toBe('fine');
    },
  );
});

describe('an error that the guest reports', () => {
  it('has a code, and its text does not appear when the error is logged or serialised', async () => {
    const sandbox = await openFunctions({ run: behave.guestError(SECRET) });
    const error = errorOf(() => sandbox.call('run'));
    expect(error.guestText).toBe(SECRET);
    expect(Object.keys(error)).not.toContain('guestText');
    for (const written of [
      JSON.stringify(error),
      inspect(error),
      String(error),
      error.stack,
      JSON.stringify(Object.entries(error)),
    ]) {
      expect(written).not.toContain('SECRET');
    }
  });

  it.each<[string, Behaviour, string | undefined]>([
    ['a status alone', behave.nonZero(7), undefined],
    ['a negative status', behave.nonZero(-1), undefined],
    ['error_set alone', behave.errorSetOnly(SECRET), SECRET],
    [
      'error_set after an output',
      behave.sequence(behave.answerText('x'), behave.errorSetOnly(SECRET)),
      SECRET,
    ],
    ['a status after an output', behave.sequence(behave.answerText('x'), behave.nonZero(1)), undefined],
    [
      'two errors, of which the last counts',
      behave.sequence(behave.errorSetOnly('first'), behave.guestError(SECRET)),
      SECRET,
    ],
    [
      'an error that is not UTF-8',
      behave.wat(
        String.raw`(i64.store (global.get $heap) (i64.const 0xff)) (call $env.error_set (call $lib.to_block (global.get $heap) (i32.const 1))) (i32.const 1)`,
      ),
      '\uFFFD',
    ],
  ])('may be %s', async (_, behaviour, guestText) => {
    const sandbox = await openFunctions({ run: behaviour });
    expect(errorOf(() => sandbox.call('run'))).toMatchObject({ code: 'guest_error', guestText });
  });

  it('is cut to the length of a log line', async () => {
    const huge = behave.wat('(call $env.error_set (call $env.alloc (i64.const 16000000))) (i32.const 1)');
    const sandbox = await openFunctions({ run: huge, long: behave.guestError('ä'.repeat(5000)) });
    expect(errorOf(() => sandbox.call('run')).guestText).toBe('\0'.repeat(4096));
    expect(errorOf(() => sandbox.call('long')).guestText).toBe('ä'.repeat(2048));
  });

  it('can be removed with error_set(0)', async () => {
    const takenBack = behave.wat(
      '(call $env.error_set (call $env.alloc (i64.const 8))) (call $env.error_set (i64.const 0)) (i32.const 0)',
    );
    const sandbox = await openFunctions({ run: behave.sequence(behave.answerText('fine'), takenBack) });
    expect(textOf(sandbox.call('run'))).toBe('fine');
  });

  it('is returned by error_get, but only within the same call', async () => {
    const same = behave.wat(`(local $block i64) (local.set $block (call $env.alloc (i64.const 8)))
      (if (i64.ne (call $env.error_get) (i64.const 0)) (then (unreachable)))
      (call $env.error_set (local.get $block))
      (if (i64.ne (call $env.error_get) (local.get $block)) (then (unreachable)))
      (i32.const 0)`);
    const sandbox = await openFunctions({ run: same });
    expect(errorOf(() => sandbox.call('run')).code).toBe('guest_error');
    expect(errorOf(() => sandbox.call('run')).code).toBe('guest_error');
  });

  it('is kept even if the guest traps afterwards', async () => {
    const sandbox = await openFunctions({
      run: behave.sequence(behave.errorSetOnly(SECRET), behave.trap('unreachable')),
    });
    const error = errorOf(() => sandbox.call('run'));
    expect(error).toMatchObject({ code: 'unreachable', guestText: SECRET });
    expect(error.message).not.toContain('SECRET');
  });

  it.each([
    ['', '', 'ok'],
    ['(result i32)', '(i32.const 0)', 'ok'],
    ['(result i64)', '(i64.const 0)', 'ok'],
    ['(result f64)', '(f64.const -0)', 'ok'],
    ['(result i64)', '(i64.const 1)', 'guest_error'],
    ['(result i64)', '(i64.const 0x100000000)', 'guest_error'],
    ['(result f32)', '(f32.const 0.5)', 'guest_error'],
    ['(result f64)', '(f64.const nan)', 'guest_error'],
  ])('can be reported with a result of any type: %s %s is %s', async (type, value, expected) => {
    const sandbox = await openModules(`(module (func (export "run") ${type} ${value}))`);
    const code = expected === 'ok' ? sandbox.call('run') : errorOf(() => sandbox.call('run')).code;
    expect(code).toBe(expected === 'ok' ? null : expected);
  });
});

describe('an export that can be called', () => {
  it.each([
    ['a name that is nowhere', 'nowhere'],
    ['a function with a parameter', 'takes'],
    ['a memory', 'memory'],
    ['a global', 'global'],
    ['a table', 'table'],
    ['what every object has', 'toString'],
    ['what makes every object', 'constructor'],
    ['what is before every object', '__proto__'],
    ['nothing', ''],
  ])('is not %s', async (_, name) => {
    const sandbox = await openModules(`(module (memory (export "memory") 1) (table (export "table") 1 funcref)
      (global (export "global") i32 (i32.const 0)) (func (export "takes") (param i32)))`);
    expect(errorOf(() => sandbox.call(name)).code).toBe('no_function');
  });

  it('can have any name', async () => {
    const sandbox = await openModules(
      '(module (func (export "")) (func (export "__proto__")) (func (export "f\\c3\\a9 \\f0\\9f\\8c\\8d")))',
    );
    for (const name of ['', '__proto__', 'fé 🌍']) expect(sandbox.call(name)).toBeNull();
  });
});

describe('a closed sandbox', () => {
  it('fails every call with closed, and can be closed several times', async () => {
    const sandbox = await openFunctions({ run: behave.echo() });
    sandbox.close();
    sandbox.close();
    sandbox[Symbol.dispose]();
    expect(errorOf(() => sandbox.call('run')).code).toBe('closed');
    expect(errorOf(() => sandbox.call('nowhere')).code).toBe('closed');
    expect(errorOf(() => sandbox.call('run')).code).toBe('closed');
  });

  it('may be closed right after a crash', async () => {
    const sandbox = await openFunctions({ run: behave.trap() });
    expect(errorOf(() => sandbox.call('run')).code).toBe('unreachable');
    sandbox.close();
    expect(errorOf(() => sandbox.call('run')).code).toBe('closed');
  });

  it('lets the running call finish if a host function closes the sandbox', async () => {
    const ends = defineHostFunction({ name: 'end', run: () => sandbox.close() });
    const run = behave.sequence(behave.callHostFunction({ name: 'end' }), behave.answerText('finished'));
    const sandbox = await openFunctions({ run }, { hostFunctions: [ends] });
    expect(textOf(sandbox.call('run'))).toBe('finished');
    expect(errorOf(() => sandbox.call('run')).code).toBe('closed');
  });
});

describe('wrong options', () => {
  it.each<[string, unknown]>([
    ['bad_option', { config: { retries: 3 } }],
    ['bad_option', { config: { nothing: null } }],
    ['bad_limit', { limits: { requestBytes: 0 } }],
    ['bad_limit', { limits: { kernelMemoryBytes: 1.5 } }],
    ['bad_limit', { limits: { secrets: 1 } }],
    ['bad_limit', { limits: { functions: { run: { moduleBytes: 1 } } } }],
    ['bad_option', null],
    ['bad_option', { logger: {} }],
    ['bad_limit', { limits: 7 }],
    ['bad_host_function', { hostFunctions: [() => 7] }],
  ])('are %s: %j', async (code, options) => {
    const bytes = await compileWat('(module)');
    await expect(createSandbox(bytes, options as SandboxOptions)).rejects.toMatchObject({
      name: 'PlugwireUsageError',
      code,
    });
  });
});

describe('a wrong call', () => {
  it.each<[string, unknown, unknown]>([
    ['a number for a name', 7, ''],
    ['an object with a length for input', 'run', { length: 8 }],
    ['null for input', 'run', null],
    ['numbers of two bytes for input', 'run', new Uint16Array(4)],
    ['what only inherits from bytes for input', 'run', Object.create(Uint8Array.prototype)],
  ])('throws bad_option: %s', async (_, name, input) => {
    const sandbox = await openFunctions({ run: behave.echo() });
    expect(() => sandbox.call(name as string, input as string)).toThrow(
      expect.objectContaining({ name: 'PlugwireUsageError', code: 'bad_option' }),
    );
    expect(textOf(sandbox.call('run', 'next'))).toBe('next');
  });
});

describe('many calls', () => {
  it('do not grow the process’s array buffers', async () => {
    const sandbox = await openFunctions({ run: behave.echo() });
    const input = 'x'.repeat(16_384);
    const held = (): number => process.memoryUsage().arrayBuffers;
    const before = held();
    // Their outputs are 32 MB together, and nobody keeps them.
    for (let at = 0; at < 2000; at += 1) sandbox.call('run', input);
    expect(await collectUntil(() => held() - before < 2 ** 20)).toBe(true);
  });
});
