import { spawn } from 'node:child_process';
import { PassThrough } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

import type { ProcessLike } from '../output/terminal.ts';
import { runPlugwire } from '../program/run-plugwire.ts';

const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** The result of a run of the command. */
export interface CommandRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run the command. */
export interface CommandSettings {
  readonly input?: string | Uint8Array;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the built command in a separate process, without a terminal. */
export const runCommand = async (
  args: readonly string[],
  { input = '', cwd, env = {} }: CommandSettings = {},
): Promise<CommandRun> => {
  const { NO_COLOR: _, FORCE_COLOR: __, ...inherited } = process.env;
  const child = spawn(process.execPath, [MAIN, ...args], { cwd, env: { ...inherited, ...env } });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
  // The command may end before it has read its whole input.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, ...texts };
};

/** Runs the command in this process. Use it for many runs, because it does not start a process for each. */
export const runHere = async (
  args: readonly string[],
  { input = '' }: CommandSettings = {},
): Promise<CommandRun> => {
  const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(input);
  const fake: ProcessLike = { stdout, stderr, stdin, env: {} };
  const texts = Promise.all([readText(stdout), readText(stderr)]);
  await runPlugwire(args, fake);
  stdout.end();
  stderr.end();
  const [out, err] = await texts;
  return { code: Number(fake.exitCode ?? 0), stdout: out, stderr: err };
};

/** The result of a run with `--json`. */
export interface JsonRun<Result = unknown> {
  readonly code: number | null;
  readonly result: Result;
}

/** The document that a failed command prints with `--json`. */
export interface Refusal {
  readonly error: { readonly kind: string; readonly code: string; readonly message: string };
}

/** Runs the command with `--json`, and returns the parsed result. */
export const runJson = async (
  args: readonly string[],
  settings?: CommandSettings,
  run = runCommand,
): Promise<JsonRun> => {
  const { code, stdout, stderr } = await run([...args, '--json'], settings);
  if (stderr !== '') throw new Error(`the command wrote to the standard error: ${stderr}`);
  return { code, result: JSON.parse(stdout) as unknown };
};

/** Runs the command with `--json` in this process. */
export const runJsonHere = async (...args: readonly string[]): Promise<JsonRun> =>
  await runJson(args, {}, runHere);

/** Options with a long deadline, because the machine that runs the tests may be busy. */
export const PATIENT = ['--limit', 'deadlineMs=10000'] as const;
