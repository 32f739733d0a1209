import { createHash } from 'node:crypto';

import { appendCustomSections, compileWat } from '@plugwire/pdk-fixtures';
import { describe, expect, it } from 'vitest';

import { runSteps } from '../metering/steps.ts';
import { inspectModule } from './inspect-module.ts';

const PLACE = { name: 'who.am.i', mostBytes: 8 };

const inspect = (bytes: Uint8Array) => runSteps(inspectModule(bytes, PLACE));

const moduleWith = async (...sections: readonly (readonly [string, string])[]) =>
  appendCustomSections(
    await compileWat('(module (func (export "f")))'),
    sections.map(([name, payload]) => ({ name, payload })),
  );

describe('an inspection', () => {
  it('returns the SHA-256 of all bytes, for any size', () => {
    const bytes = new Uint8Array((3 << 20) + 5).map((_, at) => at * 7);
    expect(inspect(bytes).sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
    expect(inspect(new Uint8Array()).sha256).toBe(createHash('sha256').digest('hex'));
  });

  it('finds the identity among other sections', async () => {
    const bytes = await moduleWith(['who.am.i2', '1'], ['who.am.i', 'it is me'], ['who.am.', '3']);
    expect(inspect(bytes).identity).toEqual({
      kind: 'payload',
      payload: new Uint8Array(Buffer.from('it is me')),
    });
  });

  it.each([
    ['missing', [['who', 'x']], { kind: 'section_missing', bytes: 0 }],
    [
      'present twice',
      [
        ['who.am.i', 'x'],
        ['who.am.i', 'x'],
      ],
      { kind: 'section_twice', bytes: 1 },
    ],
    ['too long', [['who.am.i', '123456789']], { kind: 'section_too_large', bytes: 9 }],
  ] as const)('reports an identity that is %s', async (_, sections, identity) => {
    expect(inspect(await moduleWith(...sections)).identity).toEqual(identity);
  });

  it('reports bytes that are not a module, or only a part of one', async () => {
    const bytes = await moduleWith(['who.am.i', 'x']);
    for (const other of [new Uint8Array(), Buffer.from('who.am.i'), bytes.subarray(0, -1)])
      expect(inspect(other).identity).toEqual({ kind: 'not_wasm', bytes: 0 });
  });

  it('takes many steps for a module with many bytes or sections', async () => {
    const empty = Buffer.from([0, 1, 0]);
    const bytes = Buffer.concat([
      await moduleWith(),
      Buffer.concat(Array.from({ length: 100_000 }, () => empty)),
    ]);
    expect([...inspectModule(bytes, PLACE)].length).toBeGreaterThan(20);
    expect([...inspectModule(new Uint8Array(5 << 20), PLACE)].length).toBeGreaterThanOrEqual(5);
  });
});
