import { ConfigError } from '@plugwire/operate';
import { PdkError } from '@plugwire/pdk';
import { PluginLoadError, PlugwireUsageError } from '@plugwire/runtime';

import type { ExitKind } from './exit-codes.ts';

/** Why a command failed, for people and for programs. */
export interface Failure {
  readonly kind: Exclude<ExitKind, 'ok'>;
  /** The code of the error, if it has one, such as `identity/section_missing` or `ENOSPC`. */
  readonly code: string | undefined;
  /** What was seen, what was expected, what to do next. */
  readonly message: string;
}

/** An error that ends a command with the exit code of its `kind`. The message says what was seen, what was expected, and what to do next. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly failure: Failure;

  constructor(kind: Failure['kind'], message: string, code?: string) {
    super(message);
    this.failure = { kind, code, message };
  }
}

/** Converts anything that a command threw to a {@link Failure}. */
export const failureOf = (error: unknown): Failure => {
  if (error instanceof CommandError) return error.failure;
  if (error instanceof PluginLoadError) return loadFailure(error);
  if (error instanceof PlugwireUsageError || error instanceof PdkError)
    return { kind: 'input', code: error.code, message: error.message };
  if (error instanceof ConfigError) {
    const kind = error.code === 'not_found' || error.code === 'unreadable' ? 'system' : 'input';
    return { kind, code: error.code, message: error.message };
  }
  if (isSystemError(error)) return systemFailure(error);
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return {
    kind: 'defect',
    code: undefined,
    message: `this is a defect in plugwire, please report it.\n${text}`,
  };
};

/** Returns the message of a refused load without the stage and code at its start. */
export const messageOf = ({ message, stage, code }: PluginLoadError): string =>
  plainMessage(message.slice(`${stage}/${code}: `.length));

/** Removes the hint about `revealGuestErrors` from a message: this command always shows the texts of guests. */
export const plainMessage = (message: string): string =>
  message.replace(' (revealGuestErrors shows its text)', '');

const loadFailure = (error: PluginLoadError): Failure => ({
  kind: error.stage === 'read' && error.code !== 'hash_mismatch' ? 'system' : 'plugin',
  code: `${error.stage}/${error.code}`,
  message: messageOf(error),
});

/** Whether it is an error of the operating system. Some have no path, such as `ENOSPC`. On Bun some have no `syscall`. */
const isSystemError = (error: unknown): error is NodeJS.ErrnoException => {
  if (!(error instanceof Error)) return false;
  const { code, errno, syscall } = error as NodeJS.ErrnoException;
  return typeof code === 'string' && (typeof errno === 'number' || syscall !== undefined);
};

const systemFailure = ({ code = '', path, syscall = 'an operation' }: NodeJS.ErrnoException): Failure => {
  const where = path === undefined ? '' : `${path}: `;
  const [seen, advice] = SYSTEM_MESSAGES[code] ?? [
    `${syscall} failed with ${code}`,
    'Check the path and the disk',
  ];
  return { kind: 'system', code, message: `${where}${seen}. ${advice}.` };
};

/** What happened and what to do, for common errors of the operating system. */
const SYSTEM_MESSAGES: Readonly<Record<string, readonly [seen: string, advice: string]>> = {
  ENOSPC: ['the disk is full', 'Free some space or write to another disk'],
  EDQUOT: ['the disk quota is used up', 'Free some space or write to another disk'],
  EACCES: ['permission is denied', 'Check the permissions of the file and its folder'],
  EPERM: ['the operation is not permitted', 'Check the owner of the file and its folder'],
  EROFS: ['the file system is read-only', 'Write to another folder, for example with --output'],
  ENOENT: ['there is no such file or folder', 'Check the path'],
  ENOTDIR: ['a folder in the path is a file', 'Check the path'],
  EISDIR: ['it is a folder', 'Pass the path of a file'],
  EMFILE: ['too many files are open', 'Close other programs, or allow more (ulimit -n)'],
};
