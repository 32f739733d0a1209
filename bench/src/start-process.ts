import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A child process that has sent its first message. */
export interface StartedProcess<Message> {
  readonly message: Message;
  /** Asks the process for a report and returns it. Not every script answers. */
  ask(): Promise<unknown>;
  stop(): Promise<void>;
}

/** Starts a script of the bench and waits for its first message. Rejects if it ends before. */
export const startProcess = async <Message>(
  script: URL,
  args: readonly string[] = [],
): Promise<StartedProcess<Message>> => {
  const child = fork(fileURLToPath(script), args);
  const exited = once(child, 'exit');
  const [message] = (await Promise.race([
    once(child, 'message'),
    exited.then(([code]) => {
      throw new Error(`${script.pathname.split('/').at(-1)} ended with status ${code} before it was ready`);
    }),
  ])) as [Message];
  return {
    message,
    ask: async () => {
      const answered = once(child, 'message') as Promise<[unknown]>;
      child.send('report');
      return (await answered)[0];
    },
    stop: async () => {
      child.kill();
      await exited;
    },
  };
};
