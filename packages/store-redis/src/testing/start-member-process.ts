import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

import { build, defaultServerConditions } from 'vite';

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

export interface MemberProcess {
  ask(...command: string[]): Promise<unknown>;
  kill(): Promise<void>;
  /** Resolves with the exit code when the process has ended by itself. */
  readonly exit: Promise<unknown>;
}

export const startMemberProcess = async (
  { path }: MemberProgram,
  ...settings: (string | number)[]
): Promise<MemberProcess> => {
  const child = spawn(process.execPath, ['--no-warnings', path, ...settings.map(String)], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const exit = once(child, 'exit').then(([code, signal]) => (code ?? signal) as unknown);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async (): Promise<unknown> => {
    const line = await lines.next();
    return line.done === true ? undefined : JSON.parse(line.value);
  };
  if ((await read()) !== 'open') throw new Error('the member process did not open its store');
  return {
    ask: (...command) => {
      child.stdin.write(`${JSON.stringify(command)}\n`);
      return read();
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exit;
    },
    exit,
  };
};
