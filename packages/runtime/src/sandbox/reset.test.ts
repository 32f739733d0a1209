import { behave } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { defineHostFunction } from '../host-functions/define-host-function.ts';
import type { Sandbox } from './create-sandbox.ts';
import { codeOf, textOf } from './testing/call-ends.ts';
import { openFunctions, openModules } from './testing/open-sandbox.ts';

describe('reset', () => {
  it.each(['variable', 'memory'] as const)('forgets what calls left in a %s', async (keptIn) => {
    const sandbox = await openFunctions({ count: behave.countCalls('%d', keptIn) });
    const counts = () => [sandbox.call('count'), sandbox.call('count')].map(textOf);
    const fresh = counts();
    expect(new Set(fresh).size).toBe(2);
    expect(sandbox.reset()).toBe(true);
    expect(counts()).toEqual(fresh);
  });

  it('keeps what start functions did', async () => {
    const sandbox = await openModules(`(module (global $n (mut i32) (i32.const 0))
      (func (export "_initialize") (global.set $n (i32.const 5)))
      (func (export "change") (global.set $n (i32.const 6)))
      (func (export "is") (result i32) (i32.ne (global.get $n) (i32.const 5))))`);
    expect(codeOf(() => sandbox.call('is'))).toBe('ok');
    sandbox.call('change');
    expect(codeOf(() => sandbox.call('is'))).toBe('guest_error');
    expect(sandbox.reset()).toBe(true);
    expect(codeOf(() => sandbox.call('is'))).toBe('ok');
  });

  it('leaves an output alone that a call has returned', async () => {
    const sandbox = await openFunctions({ echo: behave.echo() });
    const output = sandbox.call('echo', 'hello');
    sandbox.reset();
    expect(textOf(output)).toBe('hello');
  });

  it('does nothing while a call runs', async () => {
    let answered: boolean | undefined;
    const held: { sandbox?: Sandbox } = {};
    const resets = defineHostFunction({
      namespace: 'host',
      name: 'resets',
      parameters: [],
      run: () => {
        answered = held.sandbox?.reset();
      },
    });
    held.sandbox = await openModules(
      `(module (import "host" "resets" (func $resets)) (global $n (mut i32) (i32.const 0))
        (func (export "run") (result i32)
          (global.set $n (i32.const 1)) (call $resets) (i32.eqz (global.get $n))))`,
      { hostFunctions: [resets] },
    );
    expect(codeOf(() => held.sandbox?.call('run'))).toBe('ok');
    expect(answered).toBe(false);
  });

  it('does nothing after close', async () => {
    const sandbox = await openFunctions({ echo: behave.echo() });
    sandbox.close();
    expect(sandbox.reset()).toBe(false);
  });
});

describe('functionExists', () => {
  it('knows the functions that the module exports, and nothing else', async () => {
    const sandbox = await openModules(
      '(module (memory (export "memory") 1) (func (export "run")) (func (export "_initialize")))',
    );
    const names = [
      'run',
      '_initialize',
      'memory',
      'missing',
      'toString',
      'plugwire:exchange_fuel',
      'plugwire:_start',
    ];
    expect(names.filter(sandbox.functionExists)).toEqual(['run', '_initialize']);
    expect(sandbox.functionNames).toEqual(['run', '_initialize']);
  });
});
