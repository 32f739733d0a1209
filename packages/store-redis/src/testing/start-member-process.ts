import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { build, defaultServerConditions } from 'vite';
import { expect, onTestFinished } from 'vitest';

const ENTRY = fileURLToPath(new URL('member-process.ts', import.meta.url));
// Inside the package, so that its imports are found, but not in its sources.
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));

export interface MemberProgram {
  readonly path: string;
  end(): void;
}

/** Builds `member-process.ts` from source to a program that Node can run. */
export const buildMemberProgram = async (): Promise<MemberProgram> => {
  mkdirSync(CACHE, { recursive: true });
  const outDir = mkdtempSync(join(CACHE, 'member-'));
  await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      ssr: ENTRY,
      outDir,
      minify: false,
      rolldownOptions: { output: { entryFileNames: 'member.mjs' } },
    },
    ssr: {
      noExternal: [/^@plugwire\//],
      resolve: { conditions: ['@plugwire/source', ...defaultServerConditions] },
    },
  });
  return { path: join(outDir, 'member.mjs'), end: () => rmSync(outDir, { recursive: true, force: true }) };
};

export interface MemberSettings {
  readonly url: string;
  readonly prefix: string;
  readonly quotaBytes: number;
  readonly leaseMs?: number;
  readonly closeTimeoutMs?: number;
}

export interface MemberProcess {
  /** Resolves to the answer to a command. Rejects with the stderr of the process if it has ended. */
  ask(...command: string[]): Promise<unknown>;
  kill(): Promise<void>;
  /** Closes the input of the process, as happens when this process ends. */
  hangUp(): void;
  /** Resolves to the exit code, or the signal, when the process has ended. */
  readonly exit: Promise<unknown>;
}

/** Starts the program. It is killed when the test has finished. */
export const startMemberProcess = async (
  { path }: MemberProgram,
  { url, prefix, quotaBytes, leaseMs = 10_000, closeTimeoutMs = 10_000 }: MemberSettings,
): Promise<MemberProcess> => {
  const settings = [url, prefix, quotaBytes, leaseMs, closeTimeoutMs].map(String);
  const child = spawn(process.execPath, ['--no-warnings', path, ...settings]);
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  // The process may end before a command is sent.
  child.stdin.on('error', () => undefined);
  const exit = once(child, 'close').then(([code, signal]) => (code ?? signal) as unknown);
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exit;
  };
  onTestFinished(kill);

  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<unknown> => {
    const line = await lines.next();
    if (line.done !== true) return JSON.parse(line.value);
    throw new Error(
      `the member process ended with ${String(await exit)}: ${complaints || 'it wrote nothing'}`,
    );
  };
  expect(await read()).toBe('open');
  return {
    ask: (...command) => {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      return read();
    },
    kill,
    hangUp: () => child.stdin.end(),
    exit,
  };
};
