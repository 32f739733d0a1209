import { compileWat } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { defineHostFunction } from '../../host-functions/define-host-function.ts';
import { createSandbox } from '../create-sandbox.ts';

const lookup = defineHostFunction({
  name: 'geo_lookup',
  parameters: ['text', 'u32', 'f64'],
  result: 'bytes',
  run: () => new Uint8Array(),
});
const DECLARED = '(i64, i32, f64) -> (i64)';

const load = async (type: string): Promise<string> => {
  const wat = `(module (import "extism:host/user" "geo_lookup" (func ${type})))`;
  try {
    using _ = await createSandbox(await compileWat(wat), { hostFunctions: [lookup] });
    return 'loaded';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('an import of a host function', () => {
  it('is linked if it has the declared types', async () => {
    expect(await load('(param i64 i32 f64) (result i64)')).toBe('loaded');
  });

  it.each([
    ['', '() -> ()'],
    ['(param i64 i32 f64)', '(i64, i32, f64) -> ()'],
    ['(param i64 i64 f64) (result i64)', '(i64, i64, f64) -> (i64)'],
    ['(param i64 i32) (result i64)', '(i64, i32) -> (i64)'],
    ['(param i64 i32 f64 i64) (result i64)', '(i64, i32, f64, i64) -> (i64)'],
    ['(param i64 i32 f64) (result i32)', '(i64, i32, f64) -> (i32)'],
    ['(param i64 i32 f64) (result i64 i64)', '(i64, i32, f64) -> (i64, i64)'],
    ['(param i64 i32 funcref) (result v128)', '(i64, i32, funcref) -> (v128)'],
  ])('is refused with a message that shows both types if it has other types: %s', async (type, seen) => {
    const message = await load(type);
    expect(message).toContain('instantiate/import_mismatch');
    expect(message).toContain('"geo_lookup" of extism:host/user');
    expect(message).toContain(`as ${seen}: expected ${DECLARED},`);
  });

  it('is checked in linked modules too', async () => {
    const lib = await compileWat(
      '(module (import "extism:host/user" "geo_lookup" (func)) (func (export "f")))',
    );
    const main = await compileWat('(module (import "lib" "f" (func)))');
    const source = {
      modules: [
        { name: 'main', source: main },
        { name: 'lib', source: lib },
      ],
    };
    await expect(createSandbox(source, { hostFunctions: [lookup] })).rejects.toMatchObject({
      stage: 'instantiate',
      code: 'import_mismatch',
    });
  });
});
