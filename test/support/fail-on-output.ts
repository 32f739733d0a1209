/**
 * Makes tests fail if they print. Output to the console, to stdout or to stderr is recorded instead of shown, and fails the test. Output
 * outside tests fails the file.
 *
 * A test that must print replaces the method (`vi.spyOn(console, 'log').mockReturnValue()`) and checks the output.
 */
import fs from 'node:fs';
import { inspect } from 'node:util';
import { afterAll, afterEach } from 'vitest';

const STDOUT_FD = 1;
const STDERR_FD = 2;
const written: string[] = [];

// Node prints this warning once per process when Extism imports node:wasi.
const WASI_WARNING = /ExperimentalWarning: WASI is an experimental feature/;

function record(where: string, parts: readonly unknown[]): void {
  const text = parts.map((part) => (typeof part === 'string' ? part : inspect(part))).join(' ');
  if (WASI_WARNING.test(text)) return;
  written.push(`${where}: ${text.trimEnd()}`);
}

function asText(chunk: unknown): unknown {
  return chunk instanceof Uint8Array ? new TextDecoder().decode(chunk) : chunk;
}

function failIfWritten(): void {
  if (written.length === 0) return;
  const lines = written.splice(0).join('\n  ');
  throw new Error(
    `the test printed the following, but tests must not print: remove the output, or spy on it and check it:\n  ${lines}`,
  );
}

const PRINTING = [
  'assert',
  'debug',
  'dir',
  'dirxml',
  'error',
  'group',
  'groupCollapsed',
  'info',
  'log',
  'table',
  'timeEnd',
  'timeLog',
  'trace',
  'warn',
] as const;

for (const method of PRINTING) {
  console[method] = (...parts: unknown[]): void => {
    if (method === 'assert' && Boolean(parts[0])) return;
    record(`console.${method}`, parts);
  };
}

for (const name of ['stdout', 'stderr'] as const) {
  process[name].write = (chunk: unknown, encodingOrDone?: unknown, done?: unknown): boolean => {
    record(`process.${name}`, [asText(chunk)]);
    const callback = typeof encodingOrDone === 'function' ? encodingOrDone : done;
    if (typeof callback === 'function') queueMicrotask(() => void callback());
    return true;
  };
}

// Loggers such as pino write to the file descriptor and not to process.stdout.
const { writeSync, write } = fs;

function isOutput(fd: unknown): boolean {
  return fd === STDOUT_FD || fd === STDERR_FD;
}

function sizeOf(chunk: unknown): number {
  return typeof chunk === 'string' ? Buffer.byteLength(chunk) : (chunk as Uint8Array).byteLength;
}

fs.writeSync = ((fd: number, chunk: string | Uint8Array, ...rest: unknown[]): number => {
  if (!isOutput(fd)) return Reflect.apply(writeSync, fs, [fd, chunk, ...rest]) as number;
  record(`fd ${fd}`, [asText(chunk)]);
  return sizeOf(chunk);
}) as typeof fs.writeSync;

fs.write = ((fd: number, chunk: string | Uint8Array, ...rest: unknown[]): void => {
  if (!isOutput(fd)) {
    Reflect.apply(write, fs, [fd, chunk, ...rest]);
    return;
  }
  record(`fd ${fd}`, [asText(chunk)]);
  const done = rest.at(-1);
  if (typeof done === 'function') queueMicrotask(() => void done(null, sizeOf(chunk), chunk));
}) as typeof fs.write;

afterEach(failIfWritten);
afterAll(failIfWritten);
