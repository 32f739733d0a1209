import { buildFixture, type FixtureName } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { defineHostFunction } from '../../host-functions/define-host-function.ts';
import { failureOf } from '../../testing/failure-of.ts';
import type { Sandbox } from '../create-sandbox.ts';
import { openModules, openSandbox } from '../testing/open-sandbox.ts';

const refusal = (code: string) => ({ name: 'PluginLoadError', stage: 'instantiate', code });

/** What a guest's status is, since these guests answer with nothing else: 0 is fine. */
const isFine = (sandbox: Sandbox, name = 'run'): boolean => sandbox.call(name) === null;

const main = (fields: string): string => `(module ${fields})`;

describe('an import that nobody provides', () => {
  it.each<[string, string, string | undefined]>([
    [
      'a function of the protocol’s namespace',
      '(import "extism:host/user" "launch_missiles" (func))',
      '"launch_missiles"',
    ],
    ['a function of an unknown namespace', '(import "env" "abort" (func))', '"abort"'],
    ['a function that the kernel lacks', '(import "extism:host/env" "launch" (func))', '"launch"'],
    ['a memory of the kernel', '(import "extism:host/env" "memory" (memory 1))', undefined],
    ['a global under a function’s name', '(import "extism:host/env" "alloc" (global i64))', undefined],
    ['what every object has', '(import "toString" "call" (func))', undefined],
    ['what is before every object', '(import "__proto__" "toString" (func))', undefined],
    ['a property of a namespace’s prototype', '(import "extism:host/env" "__proto__" (func))', undefined],
    ['a property of a host namespace’s prototype', '(import "mine" "constructor" (func))', undefined],
    ['a table of a host namespace', '(import "mine" "given" (table 1 funcref))', undefined],
    ['nothing by name', '(import "" "" (func))', undefined],
  ])('is refused by name: %s', async (_, fields, shown) => {
    const failure = await failureOf(
      openModules(
        { main: main(fields) },
        { hostFunctions: [defineHostFunction({ namespace: 'mine', name: 'given', run: () => {} })] },
      ),
    );
    expect(failure).toMatchObject(refusal('import_unknown'));
    if (shown !== undefined) expect(failure.message).toContain(shown);
  });

  it.each([
    ['a function of the private kernel', '(import "plugwire:kernel" "configure" (func (param i64)))'],
    ['the private kernel’s memory', '(import "plugwire:kernel" "memory" (memory 1))'],
    ['a function of the private WASI', '(import "plugwire:wasi" "proc_exit" (func (param i32)))'],
    ['a name of ours in a namespace of the host', '(import "mine" "plugwire:x" (func))'],
  ])('has no way to what is private: %s', async (_, fields) => {
    expect(await failureOf(openModules({ main: main(fields) }))).toMatchObject({
      stage: 'compile',
      code: 'reserved_name',
    });
  });

  it.each([
    ['a name with blanks', 'the SECRET token'],
    ['a name with capitals', 'SECRET'],
    ['a name with a line feed', String.raw`SECRET\0aforged`],
    ['a long name', 'secret'.repeat(20)],
  ])('is not shown if it has no form of a name: %s', async (_, name) => {
    for (const fields of [`(import "env" "${name}" (func))`, `(import "${name}" "f" (func))`]) {
      const failure = await failureOf(openModules({ main: main(fields) }));
      expect(failure).toMatchObject(refusal('import_unknown'));
      expect(failure.message).not.toMatch(/secret/i);
    }
  });

  it('is refused in a linked module too, even in one that nobody imports', async () => {
    const lib = '(module (import "env" "abort" (func)) (func (export "f")))';
    expect(await failureOf(openModules({ main: main('(import "lib" "f" (func))'), lib }))).toMatchObject(
      refusal('import_unknown'),
    );
    expect(await failureOf(openModules({ main: main(''), lib }))).toMatchObject(refusal('import_unknown'));
  });

  it('is one that another module exports as another kind', async () => {
    const lib = '(module (memory (export "f") 1))';
    expect(await failureOf(openModules({ main: main('(import "lib" "f" (func))'), lib }))).toMatchObject(
      refusal('import_unknown'),
    );
  });
});

describe('an import of another type', () => {
  it.each([
    ['of the kernel', '(import "extism:host/env" "alloc" (func (param i32) (result i32)))', {}],
    ['of a linked module', '(import "lib" "f" (func (param i32)))', { lib: '(module (func (export "f")))' }],
    ['of a linked memory', '(import "lib" "m" (memory 9))', { lib: '(module (memory (export "m") 1))' }],
    [
      'of a linked global',
      '(import "lib" "g" (global i64))',
      { lib: '(module (global (export "g") i32 (i32.const 0)))' },
    ],
  ])('is a mismatch: %s', async (_, fields, modules) => {
    expect(await failureOf(openModules({ main: main(fields), ...modules }))).toMatchObject(
      refusal('import_mismatch'),
    );
  });
});

describe('a module that cannot be instantiated', () => {
  it.each<[FixtureName, string]>([
    ['dataOutOfBounds', 'instantiation_failed'],
    ['importMismatch', 'import_mismatch'],
    ['importGlobal', 'import_unknown'],
    ['importUnknown', 'import_unknown'],
    ['importUnknownNamespace', 'import_unknown'],
  ])('is refused: %s', async (fixture, code) => {
    expect(await failureOf(openSandbox(await buildFixture(fixture)))).toMatchObject(refusal(code));
  });

  it('is refused for an element segment outside of its table', async () => {
    const wat = '(module (table 1 funcref) (elem (i32.const 5) $f) (func $f))';
    expect(await failureOf(openModules({ main: wat }))).toMatchObject(refusal('instantiation_failed'));
  });
});

describe('a module that imports all of the kernel', () => {
  it('is instantiated: HTTP is refused only when it is called', async () => {
    const sandbox = await openSandbox(await buildFixture('importsEverything'));
    expect(sandbox.call('greet')).not.toBeNull();
  });
});

describe('linked modules', () => {
  const runs = (imports: string, body: string) =>
    main(`${imports} (func (export "run") (result i32) ${body})`);

  it('serve each other with functions, memories, tables and globals', async () => {
    const lib = `(module (memory (export "m") 1) (table (export "t") 1 funcref) (global (export "g") i32 (i32.const 7))
      (func (export "seven") (result i32) (i32.load (i32.const 0))))`;
    const imports = `(import "lib" "m" (memory 1)) (import "lib" "g" (global $g i32)) (import "lib" "t" (table 1 funcref))
      (import "lib" "seven" (func $seven (result i32)))`;
    const body = '(i32.store (i32.const 0) (global.get $g)) (i32.sub (call $seven) (i32.const 7))';
    expect(isFine(await openModules({ main: runs(imports, body), lib }))).toBe(true);
  });

  it('share one kernel: what one allocates the other reads', async () => {
    const lib = `(module (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
      (func (export "make") (result i64) (call $alloc (i64.const 77))))`;
    const imports = `(import "lib" "make" (func $make (result i64)))
      (import "extism:host/env" "length" (func $length (param i64) (result i64)))`;
    const body = '(i64.ne (call $length (call $make)) (i64.const 77))';
    expect(isFine(await openModules({ lib, main: runs(imports, body) }))).toBe(true);
  });

  it('call host functions too', async () => {
    const seen: unknown[] = [];
    const lib =
      '(module (import "env" "note" (func $note (param i32))) (func (export "f") (call $note (i32.const 7))))';
    const note = defineHostFunction({
      namespace: 'env',
      name: 'note',
      parameters: ['i32'],
      run: (value) => void seen.push(value),
    });
    const sandbox = await openModules(
      { main: runs('(import "lib" "f" (func $f))', '(call $f) (i32.const 0)'), lib },
      { hostFunctions: [note] },
    );
    expect(isFine(sandbox)).toBe(true);
    expect(seen).toEqual([7]);
  });

  it('are instantiated once, where two import them: a diamond', async () => {
    const base = `(module (global $count (mut i32) (i32.const 0))
      (func (export "next") (result i32) (global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count)))`;
    const side =
      '(module (import "base" "next" (func $next (result i32))) (func (export "next") (result i32) (call $next)))';
    const imports =
      '(import "left" "next" (func $left (result i32))) (import "right" "next" (func $right (result i32)))';
    const body = '(drop (call $left)) (i32.sub (call $right) (i32.const 2))';
    expect(isFine(await openModules({ main: runs(imports, body), left: side, right: side, base }))).toBe(
      true,
    );
  });

  it('are fresh in every instance: a trap in one leaves nothing behind', async () => {
    const lib = `(module (global $count (mut i32) (i32.const 0))
      (func (export "next") (result i32) (global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count)))`;
    const fields = `(import "lib" "next" (func $next (result i32)))
      (func (export "run") (result i32) (i32.sub (call $next) (i32.const 1)))
      (func (export "trap") (unreachable))`;
    const sandbox = await openModules({ main: main(fields), lib });
    expect(isFine(sandbox)).toBe(true);
    expect(() => sandbox.call('run')).toThrow('guest_error');
    expect(() => sandbox.call('trap')).toThrow('unreachable');
    expect(isFine(sandbox)).toBe(true);
  });

  it('offer the exports of main alone', async () => {
    const sandbox = await openModules({
      main: main('(import "lib" "f" (func))'),
      lib: '(module (func (export "f")))',
    });
    expect(() => sandbox.call('f')).toThrow('no_function');
  });

  it.each(['env', 'my lib', 'a/b:c', 'MAIN', 'extism:host/user'])('may be called %s', async (name) => {
    const imports = `(import "${name}" "zero" (func $f (result i32)))`;
    const lib = '(module (func (export "zero") (result i32) (i32.const 0)))';
    expect(isFine(await openModules({ main: runs(imports, '(call $f)'), [name]: lib }))).toBe(true);
  });

  it.each(['constructor', 'toString', '__proto__'])(
    'and host functions, even under the name %s, never change the host’s own objects',
    async (name) => {
      const wat = runs(`(import "${name}" "planted" (func $f (result i32)))`, '(call $f)');
      const lib = '(module (func (export "planted") (result i32) (i32.const 0)))';
      const modules = Object.fromEntries([
        ['main', wat],
        [name, lib],
      ]);
      // Whether such a name is served or refused is all the same here.
      await failureOf(openModules(modules));
      await failureOf(
        (async () => {
          const planted = defineHostFunction({
            namespace: name,
            name: 'planted',
            result: 'i32',
            run: () => 0,
          });
          return await openModules({ main: wat }, { hostFunctions: [planted] });
        })(),
      );
      const shared = [Object.prototype, Object, Object.prototype.toString];
      const changed = shared.map((value) => Object.hasOwn(value, 'planted'));
      for (const value of shared) Reflect.deleteProperty(value, 'planted');
      expect(changed).toEqual([false, false, false]);
    },
  );
});

describe('modules in a circle', () => {
  const run = '(func (export "run") (result i32) (call $f))';
  const seven = (name = 'seven') => `(func (export "${name}") (result i32) (i32.const 7))`;

  it('work where it closes with one function', async () => {
    const fields = `(import "lib" "f" (func $f (result i32))) ${run} ${seven()}`;
    const lib =
      '(module (import "main" "seven" (func $s (result i32))) (func (export "f") (result i32) (i32.sub (call $s) (i32.const 7))))';
    expect(isFine(await openModules({ main: main(fields), lib }))).toBe(true);
    expect(isFine(await openModules({ lib, main: main(fields) }))).toBe(true);
  });

  it('work over three modules, and where the same function is imported twice', async () => {
    const fields = `(import "a" "f" (func $f (result i32))) ${run} ${seven()}`;
    const a = '(module (import "b" "f" (func $b (result i32))) (func (export "f") (result i32) (call $b)))';
    const b = `(module (import "main" "seven" (func $s (result i32))) (import "main" "seven" (func $again (result i32)))
      (func (export "f") (result i32) (i32.sub (call $s) (call $again))))`;
    expect(isFine(await openModules({ main: main(fields), a, b }))).toBe(true);
  });

  it('work where a module imports itself', async () => {
    const fields = `(import "main" "seven" (func $f (result i32))) ${seven()}
      (func (export "run") (result i32) (i32.sub (call $f) (i32.const 7)))`;
    expect(isFine(await openModules({ main: main(fields) }))).toBe(true);
  });

  it('work where one closes to two modules, with one function each', async () => {
    const fields = `(import "a" "f" (func $f (result i32))) ${run} ${seven()}`;
    const a = `(module (import "b" "f" (func $b (result i32))) (func (export "f") (result i32) (call $b)) ${seven('mine')})`;
    const b = `(module (import "main" "seven" (func $s (result i32))) (import "a" "mine" (func $m (result i32)))
      (func (export "f") (result i32) (i32.sub (call $s) (call $m))))`;
    expect(isFine(await openModules({ main: main(fields), a, b }))).toBe(true);
  });

  it('work where main imports both sides of one that is closed already', async () => {
    const fields = `(import "a" "f" (func $f (result i32))) (import "b" "f" (func $g (result i32)))
      (func (export "run") (result i32) (i32.sub (call $f) (call $g)))`;
    const a = `(module (import "b" "f" (func $f (result i32))) (import "b" "g" (func $g (result i32)))
      (func (export "f") (result i32) (drop (call $g)) (call $f)) ${seven()})`;
    const b = `(module (import "a" "seven" (func $s (result i32)))
      (func (export "f") (result i32) (call $s)) ${seven('g')})`;
    expect(isFine(await openModules({ main: main(fields), a, b }))).toBe(true);
  });

  it.each([
    [
      'two functions',
      '(import "main" "seven" (func (result i32))) (import "main" "eight" (func (result i32)))',
    ],
    ['a memory', '(import "main" "m" (memory 1))'],
    ['a global', '(import "main" "g" (global i32))'],
    ['a table', '(import "main" "t" (table 1 funcref))'],
    ['a function and a memory', '(import "main" "seven" (func (result i32))) (import "main" "m" (memory 1))'],
  ])('are refused where it closes with %s', async (_, imports) => {
    const fields = `(import "lib" "f" (func $f (result i32))) ${run} ${seven()} ${seven('eight')}
      (memory (export "m") 1) (global (export "g") i32 (i32.const 0)) (table (export "t") 1 funcref)`;
    const lib = `(module ${imports} (func (export "f") (result i32) (i32.const 0)))`;
    expect(await failureOf(openModules({ main: main(fields), lib }))).toMatchObject(
      refusal('import_circular'),
    );
  });
});
