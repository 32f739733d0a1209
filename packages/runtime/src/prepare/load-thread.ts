import { Worker } from 'node:worker_threads';

import { clock } from '../base/clock.ts';
import { loadError } from '../outcomes/load-error.ts';
import type { Inspected, LoadReplyMessage, LoadRequestMessage, LoadTask } from './load-thread-messages.ts';
import type { Prepared } from './prepare-module.ts';

/** How long the thread waits for another load before it ends, in milliseconds. */
const IDLE_MS = 5_000;

/** The answer to a task. */
type LoadAnswer =
  | { readonly kind: 'inspected'; readonly inspected: Inspected }
  /** `warmed` resolves when its functions are compiled, and rejects like `run`. */
  | { readonly kind: 'prepared'; readonly prepared: Prepared; readonly warmed: Promise<void> }
  | { readonly kind: 'warmed' };

/** A thread that works on loads. It starts with the first task and ends after some idle seconds. An idle thread does not keep the process alive. */
export interface LoadThread {
  /** Whether it has started, so that a task can begin at once. */
  isReady(): boolean;
  /** Starts it for a task that will follow. */
  start(): void;
  /**
   * Sends a task and its bytes to the thread, which detaches them here. Resolves to `undefined`, with the bytes untouched, if this
   * process cannot start a thread.
   *
   * Rejects with `PluginLoadError` `compile`/`load_thread_ended` if the thread ends before it answers.
   */
  run(task: LoadTask): Promise<LoadAnswer | undefined>;
  /** Ends it and rejects the tasks that it has not answered. A later task starts it again. */
  stop(): void;
}

interface Pending {
  readonly task: LoadTask;
  answered(answer: LoadAnswer | undefined): void;
  refused(error: Error): void;
}

/** A thread and its open tasks. */
interface Running {
  readonly worker: Worker;
  state: 'starting' | 'ready' | 'ended';
  /** Tasks that came before it was ready, in order. */
  readonly waiting: Pending[];
  /** By number. */
  readonly asked: Map<number, Pending>;
  readonly warming: Map<number, { resolve(): void; reject(error: Error): void }>;
  idle: NodeJS.Timeout | undefined;
}

/** Creates the handle of a load thread. */
export const createLoadThread = (startWorker: () => Worker = startLoadWorker): LoadThread => {
  let running: Running | undefined;
  /** A thread did not start: its file is missing from a bundle, threads are forbidden, or the engine cannot post modules. */
  let isUnavailable = false;
  let lastNumber = 0;

  const start = (): Running | undefined => {
    if (running !== undefined || isUnavailable) return running;
    try {
      running = watch(startWorker());
    } catch {
      isUnavailable = true;
    }
    return running;
  };

  const watch = (worker: Worker): Running => {
    const thread: Running = {
      worker,
      state: 'starting',
      waiting: [],
      asked: new Map(),
      warming: new Map(),
      idle: undefined,
    };
    worker.on('message', (message: LoadReplyMessage) => hear(thread, message));
    // After an error the thread ends. A message that cannot be read would leave a load waiting.
    for (const event of ['error', 'messageerror', 'exit'])
      worker.on(event, () => {
        if (thread.state === 'starting') isUnavailable = true;
        end(thread);
      });
    settle(thread);
    return thread;
  };

  const hear = (thread: Running, message: LoadReplyMessage): void => {
    if (thread.state === 'ended') return;
    if (message.kind === 'ready') {
      isUnavailable = !(message.proof instanceof WebAssembly.Module);
      if (isUnavailable) return end(thread);
      thread.state = 'ready';
      for (const pending of thread.waiting.splice(0)) ask(thread, pending);
    } else answer(thread, message);
    settle(thread);
  };

  const answer = (thread: Running, message: Exclude<LoadReplyMessage, { kind: 'ready' }>): void => {
    const { number } = message;
    const pending = thread.asked.get(number);
    thread.asked.delete(number);
    if (message.kind === 'prepared' && message.prepared.ok) {
      const warmed = new Promise<void>((resolve, reject) => {
        thread.warming.set(number, { resolve, reject });
      });
      // The load may fail before it waits for this.
      warmed.catch(() => undefined);
      pending?.answered({ ...message, warmed });
      return;
    }
    pending?.answered(message.kind === 'prepared' ? { ...message, warmed: Promise.resolve() } : message);
    thread.warming.get(number)?.resolve();
    thread.warming.delete(number);
  };

  const ask = (thread: Running, pending: Pending): void => {
    lastNumber += 1;
    thread.asked.set(lastNumber, pending);
    const message: LoadRequestMessage = { number: lastNumber, task: pending.task };
    try {
      thread.worker.postMessage(message, [pending.task.bytes.buffer]);
    } catch (error) {
      // A value that cannot be posted is a defect, and must not leave a load waiting.
      thread.asked.delete(lastNumber);
      pending.refused(error as Error);
    }
  };

  /**
   * Keeps the process alive while a load waits for an answer. Compiling functions does not: a load waits for that with a timer.
   * An idle thread ends after a while.
   */
  const settle = (thread: Running): void => {
    clock.clearTimeout(thread.idle);
    thread.idle = undefined;
    if (thread.waiting.length + thread.asked.size > 0) return thread.worker.ref();
    thread.worker.unref();
    if (thread.warming.size === 0) thread.idle = clock.setTimeout(() => end(thread), IDLE_MS).unref();
  };

  const end = (thread: Running): void => {
    thread.state = 'ended';
    if (running === thread) running = undefined;
    clock.clearTimeout(thread.idle);
    void thread.worker.terminate();
    for (const { answered } of thread.waiting.splice(0)) answered(undefined);
    for (const { refused } of thread.asked.values()) refused(threadEnded());
    thread.asked.clear();
    for (const { reject } of thread.warming.values()) reject(threadEnded());
    thread.warming.clear();
  };

  return {
    isReady: () => running?.state === 'ready',
    start: () => void start(),
    run: async (task) =>
      await new Promise((answered, refused) => {
        const thread = start();
        if (thread === undefined) return answered(undefined);
        const pending = { task, answered, refused };
        if (thread.state === 'ready') ask(thread, pending);
        else thread.waiting.push(pending);
        settle(thread);
      }),
    stop: () => {
      if (running !== undefined) end(running);
    },
  };
};

const threadEnded = (): Error =>
  loadError(
    'compile',
    'load_thread_ended',
    'the thread that prepares modules ended before this module was ready, most likely because memory ran out. Load the plugin again.',
  );

/**
 * Starts the thread from the file beside this one. Bundlers that know `new Worker(new URL(…))` include that file. Where it is missing,
 * loads run in the calling thread.
 */
const startLoadWorker = (): Worker => {
  const { url } = import.meta;
  // The tests run the sources. Their threads need the same hooks as this one to load TypeScript.
  if (url.endsWith('.ts'))
    return new Worker(new URL(url.replace('load-thread', 'load-worker')), { execArgv: process.execArgv });
  // Without the flags of this process, such as `--import`: they are meant for the code of the host.
  return new Worker(new URL('./load-worker.js', import.meta.url), { execArgv: [] });
};
