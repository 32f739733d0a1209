import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { onTestFinished } from 'vitest';

import { fileHere } from './kv.ts';
import { openFolder } from './scripts.ts';

/** Lets Node run the TypeScript sources. */
const TYPESCRIPT = new URL('../../../../test/support/typescript.mjs', import.meta.url).href;

/** A host in a separate process. */
export interface StartedHost {
  /** The folder that contains the folders of its plugins. */
  readonly folder: string;
  readonly child: ChildProcess;
  /** Resolves to the next value that it prints. */
  next(): Promise<Readonly<Record<string, unknown>>>;
  /** Ends it, and waits until it has ended. */
  kill(): Promise<void>;
}

/** Starts `host-program.ts`. */
export const startHost = (mode: string, args: readonly string[] = []): StartedHost => {
  const folder = openFolder();
  const child = spawn(
    process.execPath,
    [
      '--no-warnings',
      '--conditions=@plugwire/source',
      `--import=${TYPESCRIPT}`,
      fileURLToPath(new URL('./host-program.ts', import.meta.url)),
      mode,
      process.execPath,
      fileHere('./plugins/kv-plugin.mjs'),
      ...args,
    ],
    { stdio: ['pipe', 'pipe', 'ignore'], env: { ...process.env, TMPDIR: folder } },
  );
  const ended = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return {
    folder,
    child,
    next: async () => {
      const { value } = await lines.next();
      return JSON.parse(String(value)) as Readonly<Record<string, unknown>>;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};

/** Returns the children of a process, with their command lines. */
export const childrenOf = (
  parent: number | undefined,
): readonly { readonly pid: number; readonly command: string }[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
        const isChild = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] === String(parent);
        return isChild ? [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, 'utf8') }] : [];
      } catch {
        return [];
      }
    });
