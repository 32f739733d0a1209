/**
 * Reads a hostile answer of one size several times and sends its parent the cost. It is a separate process, because some answers
 * would end it. Arguments: the name, the bytes, and the limits as JSON.
 *
 * @module
 */
import { buildPlugin } from '@plugwire/pdk-fixtures';
import { createPluginHost, type LimitOptions } from '@plugwire/runtime';
import { defineWireFunction } from '@plugwire/wire';
import { z } from 'zod';

import { collectGarbage } from '../collect-garbage.ts';
import { answering, HOSTILE_ANSWERS, type HostileAnswer } from './hostile-answers.ts';

/** The highest cost of reading an answer. */
export interface ReadReport {
  /** The whole dispatch, in milliseconds. */
  readonly worstMs: number;
  /** The bytes that it allocated on the engine's heap. That is more than it used at once. */
  readonly heapBytes: number;
  readonly end: string;
}

const TRIES = 5;

const [name = '', bytes = '', limits = '{}'] = process.argv.slice(2);
const answer = HOSTILE_ANSWERS[name] as HostileAnswer;
const contract = defineWireFunction({
  name: 'answer',
  fallback: 'fail_request',
  request: z.strictObject({}),
  response: answer.response,
  sample: { request: {}, response: answer.sample },
});
const host = createPluginHost({ functions: [contract], limits: JSON.parse(limits) as LimitOptions });
const plugin = await host.load(
  await buildPlugin({ functions: { answer: answering(answer, Number(bytes)) } }),
);

let worstMs = 0;
let heapBytes = 0;
let end = '';
for (let tried = 0; tried < TRIES; tried += 1) {
  collectGarbage();
  const before = process.memoryUsage().heapUsed;
  const startMs = performance.now();
  const outcome = plugin.dispatchSync(contract, {});
  const tookMs = performance.now() - startMs;
  // The first call compiles the guest.
  if (tried > 0) worstMs = Math.max(worstMs, tookMs);
  heapBytes = Math.max(heapBytes, process.memoryUsage().heapUsed - before);
  end = outcome.kind === 'ok' ? 'ok' : outcome.error.code;
  await new Promise((resolve) => setImmediate(resolve));
}
await host.close();
process.send?.({ worstMs, heapBytes, end } satisfies ReadReport);
