/**
 * The entry of the load thread. It inspects, meters, compiles and warms modules in turns, so that a small module does not wait for a
 * large one. It imports as little as possible, no zod for example, because the first load waits until it has started.
 *
 * @module
 */
import { parentPort } from 'node:worker_threads';

import { inspectModule } from './inspect-module.ts';
import type { LoadReplyMessage, LoadRequestMessage } from './load-thread-messages.ts';
import { prepareModule } from './prepare-module.ts';
import { createTurns } from './turns.ts';
import { warmModule } from './warm-module.ts';

const turns = createTurns();

const reply = (message: LoadReplyMessage, ...transferred: ArrayBuffer[]): void =>
  parentPort?.postMessage(message, transferred);

const answer = async ({ number, task }: LoadRequestMessage): Promise<void> => {
  if (task.kind === 'inspect') {
    const { bytes } = task;
    const inspection = await turns.run(inspectModule(bytes, task.place));
    return reply({ kind: 'inspected', number, inspected: { ...inspection, bytes } }, bytes.buffer);
  }
  if (task.kind === 'prepare') {
    const { prepared, meteredBytes: bytes } = await prepareModule(task.bytes, task.options, turns);
    reply({ kind: 'prepared', number, prepared });
    if (!prepared.ok) return;
    const { module, metered } = prepared;
    await turns.run(warmModule({ module, functions: metered.functions, bytes }));
  } else await turns.run(warmModule(task));
  reply({ kind: 'warmed', number });
};

parentPort?.on('message', (message: LoadRequestMessage) => {
  // No module can cause an error here. If there is one, the thread ends and the host reports it.
  answer(message).catch(() => process.exit(1));
});
reply({ kind: 'ready', proof: new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0)) });
