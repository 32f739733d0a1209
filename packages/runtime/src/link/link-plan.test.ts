import { compileWat } from '@plugwire/pdk-fixtures';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { type GuestLink, instantiateThroughExtism, type NamedModule } from './extism-link.ts';
import { planReplays } from './link-plan.ts';
import { createProofKernel, replayLink } from './prove-link.ts';

const compile = async (texts: Readonly<Record<string, string>>): Promise<NamedModule[]> =>
  await Promise.all(
    Object.entries(texts).map(async ([name, text]) => ({
      name,
      module: await WebAssembly.compile(await compileWat(text)),
    })),
  );

/** A link whose host records numbers, in the namespace `host`. */
const createListener = () => {
  const heard: unknown[] = [];
  const hostFunctions = { host: { tell: (value: unknown) => void heard.push(value) as undefined } };
  return { heard, link: { kernel: createProofKernel(), hostFunctions, wasi: {} } satisfies GuestLink };
};

/** Module number i counts the calls of its function, reports the count to the host, and calls the functions that it imports. */
const countingModule = (number: number, imports: readonly number[]): string => `(module
  (import "host" "tell" (func $tell (param i32)))
  ${imports.map((from) => `(import "m${from}" "f" (func $f${from}))`).join(' ')}
  (global $count (mut i32) (i32.const 0))
  (func (export "f")
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (call $tell (i32.add (i32.const ${1000 * number}) (global.get $count)))
    ${imports.map((from) => `(call $f${from})`).join(' ')}))`;

describe('linking modules without Extism', () => {
  it('gives the same result as Extism for any modules that import from each other', async () => {
    const graph = fc.array(fc.array(fc.nat(3), { maxLength: 3 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(graph, async (edges) => {
        // A module imports only from later modules, so there is no circle.
        const targets = edges.map((steps, from) => [
          ...new Set(steps.map((step) => from + 1 + step).filter((to) => to < edges.length)),
        ]);
        const name = (number: number): string => (number === 0 ? 'main' : `m${number}`);
        const texts = targets.map((imports, at) => [name(at), countingModule(at, imports)] as const);
        const modules = await compile(Object.fromEntries(texts));
        const through = createListener();
        const { exports } = await instantiateThroughExtism(modules, through.link);
        const again = createListener();
        const replayed = replayLink(modules, again.link);
        for (const instance of [exports, replayed]) (instance['f'] as () => void)();
        expect(again.heard).toEqual(through.heard);
        expect(Object.keys(replayed)).toEqual(Object.keys(exports));
      }),
      { numRuns: 25 },
    );
  });

  it('creates new instances each time, with the same kernel', async () => {
    const modules = await compile({
      main: `(module (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
        (global $count (mut i32) (i32.const 0)) (export "alloc" (func $alloc))
        (func (export "next") (result i32)
          (global.set $count (i32.add (global.get $count) (i32.const 1))) (global.get $count)))`,
    });
    const { link } = createListener();
    const replay = planReplays(modules, [])(link);
    for (let times = 0; times < 3; times += 1) {
      const main = replay().get('main') ?? {};
      expect((main['next'] as () => number)()).toBe(1);
      expect(main['alloc']).toBe(link.kernel.functions['alloc']);
    }
  });

  it('accepts any name for an import, such as __proto__', async () => {
    const modules = await compile({
      main: `(module (import "__proto__" "__proto__" (func $f (result i32))) (import "toString" "" (func $g (result i32)))
        (func (export "run") (result i32) (i32.add (call $f) (call $g))))`,
      __proto__2: '(module)',
    });
    const library = async (name: string, exported: string, value: number): Promise<NamedModule> => {
      const [made] = await compile({
        x: `(module (func (export "${exported}") (result i32) (i32.const ${value})))`,
      });
      return { name, module: (made as NamedModule).module };
    };
    const all = [...modules, await library('__proto__', '__proto__', 40), await library('toString', '', 2)];
    const exports = replayLink(all, createListener().link);
    expect((exports['run'] as () => number)()).toBe(42);
  });

  it('leaves out modules that no other module imports', async () => {
    const modules = await compile({ main: '(module)', lib: '(module (func (export "f")))' });
    const replay = planReplays(modules, [])(createListener().link);
    expect([...replay().keys()]).toEqual(['main']);
  });
});
