import { describeContracts, readDescription, writeDescription } from '@plugwire/wire';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { defineHostFunction } from './define-host-function.ts';
import { describeHostFunctions, isHostFunction } from './describe-host-functions.ts';

const place = z.strictObject({ country: z.string() });
const lookup = defineHostFunction({
  name: 'geo_lookup',
  capability: 'geo',
  parameters: ['text', 'line', 'u64-block', z.array(z.int32())],
  result: place,
  run: () => ({ country: '' }),
});

describe('the description of host functions', () => {
  it('has the kind of each value, and the shape of JSON values', () => {
    expect(describeHostFunctions([lookup])).toEqual([
      {
        name: 'geo_lookup',
        namespace: 'extism:host/user',
        capability: 'geo',
        parameters: [
          { kind: 'text' },
          { kind: 'text' },
          { kind: 'u64-block' },
          {
            kind: 'json',
            shape: { kind: 'list', element: expect.objectContaining({ kind: 'integer' }) as unknown },
          },
        ],
        result: {
          kind: 'json',
          shape: {
            kind: 'object',
            members: [{ key: 'country', presence: 'required', shape: { kind: 'string' } }],
          },
        },
      },
    ]);
  });

  it('is available only for functions from defineHostFunction', () => {
    expect([isHostFunction(lookup), isHostFunction({ ...lookup })]).toEqual([true, false]);
  });

  it('includes the error form of a result with error_result', () => {
    const failing = defineHostFunction({
      name: 'fail',
      result: place,
      onError: 'error_result',
      run: () => ({ country: '' }),
    });
    const shape = describeHostFunctions([failing])[0]?.result?.shape;
    expect(shape?.kind === 'union' ? shape.options : []).toMatchObject([
      { members: [{ key: 'ok', shape: { kind: 'object' } }] },
      { members: [{ key: 'error', shape: { members: [{ key: 'code' }, { key: 'message' }] } }] },
    ]);
  });

  it('is unchanged after it was written and read', () => {
    const text = writeDescription(describeContracts([], describeHostFunctions([lookup])));
    expect(writeDescription(readDescription(text))).toBe(text);
  });

  it('is refused for a recursive schema', () => {
    interface Tree {
      readonly of: readonly Tree[];
    }
    const tree: z.ZodType<Tree> = z.strictObject({ of: z.array(z.lazy(() => tree)) }) as never;
    const recursive = defineHostFunction({ name: 'walk', parameters: [tree], run: () => undefined });
    expect(() => describeHostFunctions([recursive])).toThrow('walk argument 1: the schema refers to itself');
    expect(() => describeHostFunctions([{ ...lookup }])).toThrow(
      expect.objectContaining({ code: 'bad_host_function' }),
    );
  });
});
