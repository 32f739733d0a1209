import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { build, defaultServerConditions } from 'vite';
import { expect, onTestFinished } from 'vitest';

const ENTRY = fileURLToPath(new URL('member-process.ts', import.meta.url));
// Below the package, so that what it imports is found; not in its sources.
const CACHE = fileURLToPath(new URL('../../node_modules/.cache/', import.meta.url));

export interface MemberProgram {
  readonly path: string;
  end(): void;
}

/** Writes `member-process.ts` as a program that Node can run, from source. */
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
  /** The answer to a command. Rejects, with what the process wrote to stderr, if it has ended instead. */
  ask(...command: string[]): Promise<unknown>;
  kill(): Promise<void>;
  /** Closes what it reads its commands from, as the end of this process would. */
  hangUp(): void;
  /** Resolves with the exit code when the process has ended by itself. */
  readonly exit: Promise<unknown>;
}

/** Starts the program, and kills it when the test has finished, whatever became of that. */
export const startMemberProcess = async (
  { path }: MemberProgram,
  { url, prefix, quotaBytes, leaseMs = 10_000, closeTimeoutMs = 10_000 }: MemberSettings,
): Promise<MemberProcess> => {
  const settings = [url, prefix, quotaBytes, leaseMs, closeTimeoutMs].map(String);
  const child = spawn(process.execPath, ['--no-warnings', path, ...settings]);
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  // It may have ended before it is asked.
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
