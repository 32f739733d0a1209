import { describe, expect, it } from 'vitest';

import { type Instantiate, instantiateThroughExtism } from './extism-link.ts';
import type { Kernel } from '../kernel/kernel.ts';
import { createProofKernel, proveLink, replayLink, type Replay } from './prove-link.ts';

type AnyFunction = (...values: (number | bigint)[]) => number | bigint | undefined;

/** Links through Extism, but changes the kernel’s functions first. */
const withFunctions =
  (change: (functions: Readonly<Record<string, AnyFunction>>) => Record<string, unknown>): Instantiate =>
  async (modules, link) => {
    const { functions } = link.kernel;
    const changed = { ...functions, ...change(functions as never) } as Kernel['functions'];
    return await instantiateThroughExtism(modules, { ...link, kernel: { functions: changed } });
  };

const wrap =
  (run: AnyFunction | undefined): AnyFunction =>
  (...values) =>
    run?.(...values);

describe('the proof of the link', () => {
  it('succeeds for the installed Extism', async () => {
    await expect(proveLink(instantiateThroughExtism, replayLink)).resolves.toBeUndefined();
  });

  it.each<[string, Instantiate]>([
    [
      'wraps every function',
      withFunctions((functions) =>
        Object.fromEntries(
          Object.entries(functions)
            .filter(([, value]) => typeof value === 'function')
            .map(([name, run]) => [name, wrap(run)]),
        ),
      ),
    ],
    ['wraps one function', withFunctions(({ alloc }) => ({ alloc: wrap(alloc) }))],
    [
      'links another kernel',
      async (modules, link) =>
        await instantiateThroughExtism(modules, { ...link, kernel: createProofKernel() }),
    ],
    [
      'changes the bytes that are stored',
      withFunctions(({ store_u8: store }) => ({
        store_u8: (at: bigint, value: number) => store?.(at, value + 1),
      })),
    ],
    [
      'cuts the output',
      withFunctions(({ output_set: set }) => ({
        output_set: (at: bigint, length: bigint) => set?.(at, length - 1n),
      })),
    ],
    ['loses the output', withFunctions(() => ({ output_set: () => undefined }))],
    [
      'lets the echo trap',
      withFunctions(({ input_load_u8: load }) => ({ input_load_u8: (at: bigint) => load?.(at + 100n) })),
    ],
    ['leaves functions out', withFunctions(() => ({ alloc: undefined }))],
    [
      'throws',
      () => {
        throw new TypeError('createPlugin is not a function');
      },
    ],
    ['rejects', async () => await Promise.reject(new Error('no such option'))],
    ['resolves to undefined', async () => await Promise.resolve(undefined as never)],
    ['resolves to an instance without exports', async () => await Promise.resolve({} as never)],
    [
      'resolves to an instance with other exports',
      async () => await Promise.resolve({ exports: {} } as never),
    ],
  ])('fails for an Extism that %s', async (_, instantiate) => {
    await expect(proveLink(instantiate, replayLink)).rejects.toMatchObject({
      name: 'PluginLoadError',
      stage: 'instantiate',
      code: 'extism_incompatible',
      message: expect.stringContaining('2.0.0-rc13') as string,
    });
  });

  it.each<[string, Replay]>([
    [
      'prefers the host to a module',
      (modules, link) =>
        replayLink(
          modules.filter(({ name }) => name !== 'left'),
          link,
        ),
    ],
    [
      'links another kernel',
      (modules, link) => replayLink(modules, { ...link, kernel: createProofKernel() }),
    ],
    ['returns no exports', () => ({})],
  ])('fails for a replay that %s', async (_, replay) => {
    await expect(proveLink(instantiateThroughExtism, replay)).rejects.toMatchObject({
      code: 'extism_incompatible',
    });
  });
});
