/**
 * Measures the engine that runs it, and prints one line of JSON: how long a dispatch takes compared with the floor, how deep a guest can
 * recurse, and the code of a call that recurses deeper. `npm run bench:engines` runs it on every engine.
 *
 * @module
 */
import { behave, buildPlugin, compileWat } from '@plugwire/pdk-fixtures';
import { createSandbox, LIMITS, type Sandbox, SandboxError } from '@plugwire/runtime';

import { shaped } from './contracts.ts';
import { measureInTurns, quotientOf } from './measure.ts';
import { createFloor } from './subjects/floor.ts';
import { createPlugwire } from './subjects/plugwire.ts';

const PAYLOAD_BYTES = 1024;
const EFFORT = { rounds: 60, roundMs: 15 } as const;

const measureDispatch = async (): Promise<{ timesFloor: number; dispatchUs: number }> => {
  const plugin = await buildPlugin({ functions: { [shaped.wire.name]: behave.echo() } });
  const plugwire = await createPlugwire({ contract: shaped, plugin });
  const message = shaped.messageOf(PAYLOAD_BYTES) as object;
  const floor = createFloor(shaped, await plugwire.run(message));
  const subjects = [
    { name: 'dispatchSync', run: () => plugwire.run(message) },
    { name: 'floor', run: () => floor.run(message) },
  ];
  // The first measurement is discarded: engines may compile hot code for a second, and longer on a busy machine.
  await measureInTurns(subjects, EFFORT);
  const [dispatch, least] = await measureInTurns(subjects, EFFORT);
  await plugwire.close();
  return {
    timesFloor: quotientOf(dispatch, least) ?? Number.NaN,
    dispatchUs: dispatch?.medianUs ?? Number.NaN,
  };
};

/** Calls itself as many times as the input says. */
const DIVER = `(module
  (import "extism:host/env" "input_load_u64" (func $input (param i64) (result i64)))
  (memory (export "memory") 1)
  (func $dive (param $left i64) (result i64)
    (if (result i64) (i64.eqz (local.get $left))
      (then (i64.const 0))
      (else (i64.add (i64.const 1) (call $dive (i64.sub (local.get $left) (i64.const 1)))))))
  (func (export "dive") (result i32) (drop (call $dive (call $input (i64.const 0)))) (i32.const 0)))`;

/** More than any engine allows. */
const TOO_DEEP = 100_000_000;

const measureDepth = async (): Promise<{ depth: number; code: string }> => {
  const sandbox = await createSandbox(await compileWat(DIVER), {
    limits: { deadlineMs: LIMITS.deadlineMs.max, fuel: LIMITS.fuel.max },
  });
  const code = dive(sandbox, TOO_DEEP);
  let [works, fails] = [0, TOO_DEEP];
  while (fails - works > 1) {
    const depth = Math.floor((works + fails) / 2);
    if (dive(sandbox, depth) === 'ok') works = depth;
    else fails = depth;
  }
  sandbox.close();
  return { depth: works, code };
};

/** Returns the code of a call that recurses this deep. */
const dive = (sandbox: Sandbox, depth: number): string => {
  const input = new Uint8Array(8);
  new DataView(input.buffer).setBigUint64(0, BigInt(depth), true);
  try {
    sandbox.call('dive', input);
    return 'ok';
  } catch (error) {
    if (error instanceof SandboxError) return error.code;
    throw error;
  }
};

console.log(JSON.stringify({ ...(await measureDispatch()), ...(await measureDepth()) }));
