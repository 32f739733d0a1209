import { compileWat } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { defineHostFunction } from '../host-functions/define-host-function.ts';
import type { SandboxOptions } from './create-sandbox.ts';
import { codeOf } from './testing/call-ends.ts';
import { openSandbox } from './testing/open-sandbox.ts';

const ENV = [
  'alloc (param i64) (result i64)',
  'config_get (param i64) (result i64)',
  'var_get (param i64) (result i64)',
  'var_set (param i64 i64)',
  'log_info (param i64)',
  'get_log_level (result i32)',
].map((line) => {
  const [name = '', ...signature] = line.split(' ');
  return `(import "extism:host/env" "${name}" (func $${name} ${signature.join(' ')}))`;
});
const USER = `(import "extism:host/user" "work" (func $work (param i64) (result i64)))`;

const work = defineHostFunction({
  name: 'work',
  parameters: ['bytes'],
  result: 'i64',
  argumentBytes: 8_000_000,
  run: (bytes) => BigInt(bytes.length),
});

const noop = (): void => undefined;
const logger = { trace: noop, debug: noop, info: noop, warn: noop, error: noop };

/** How a guest ends that does this for ever, with so many bytes behind `$large` and eight behind `$small`. */
const endOf = async (body: string, options: SandboxOptions): Promise<string> => {
  const sandbox = await openSandbox(
    await compileWat(`(module ${ENV.join('\n')} ${USER}
      (func (export "run") (local $large i64) (local $small i64)
        (local.set $large (call $alloc (i64.const 4000000))) (local.set $small (call $alloc (i64.const 8)))
        (loop $again ${body} (br $again))))`),
    {
      logger,
      config: { key: 'value' },
      hostFunctions: [work],
      ...options,
      limits: { kernelMemoryBytes: 16_000_000, variableBytes: 8_000_000, ...options.limits },
    },
  );
  return codeOf(() => sandbox.call('run'));
};

/** Each of these took the host milliseconds a time, or none of the guest's fuel. */
const STORMS = [
  ['looks for a configuration by four megabytes', '(drop (call $config_get (local.get $large)))'],
  ['looks for a configuration by eight bytes', '(drop (call $config_get (local.get $small)))'],
  ['looks for a variable by four megabytes', '(drop (call $var_get (local.get $large)))'],
  ['stores four megabytes', '(call $var_set (local.get $small) (local.get $large))'],
  ['deletes what is not there', '(call $var_set (local.get $large) (i64.const 0))'],
  ['logs four megabytes', '(call $log_info (local.get $large))'],
  ['asks for the level of the log', '(drop (call $get_log_level))'],
  ['lets a host function read four megabytes', '(drop (call $work (local.get $large)))'],
  ['calls a host function', '(drop (call $work (i64.const 0)))'],
] as const;

describe('a guest that makes the host work endlessly', () => {
  it.each(STORMS)('runs out of fuel when it %s', async (_, body) => {
    const limits = { fuel: 30_000_000, deadlineMs: 60_000 };
    expect(await endOf(body, { limits })).toBe('fuel');
  });

  it.each(STORMS)('runs out of time when it %s', async (_, body) => {
    const limits = { fuel: 1e12, deadlineMs: 20 };
    expect(await endOf(body, { limits })).toBe('deadline');
  });
});

describe('a key that is too long', () => {
  it('is never found, and cannot be stored', async () => {
    const once = async (body: string) => await endOf(`${body} (return)`, {});
    expect(
      await once('(if (i64.ne (call $config_get (local.get $large)) (i64.const 0)) (then unreachable))'),
    ).toBe('ok');
    expect(
      await once('(if (i64.ne (call $var_get (local.get $large)) (i64.const 0)) (then unreachable))'),
    ).toBe('ok');
    expect(await once('(call $var_set (local.get $large) (local.get $small))')).toBe('variable_quota');
  });
});
