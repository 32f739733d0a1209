/**
 * Why a store on Redis could not be opened or closed well. Closed: codes are added, never renamed.
 *
 * - `unreachable`: no answer from the server in time.
 * - `refused`: the server does not let us in: credentials, or an ACL that lacks a command, a key or a channel.
 * - `wrong_type`: something else stands under our keys: choose another `prefix`.
 * - `server_error`: the server answered with another error.
 * - `not_flushed`: writes that had been acknowledged could not be confirmed, or were refused after an absence.
 */
export const REDIS_STORAGE_CODES = [
  'unreachable',
  'refused',
  'wrong_type',
  'server_error',
  'not_flushed',
] as const;
/** One of {@link REDIS_STORAGE_CODES}. */
export type RedisStorageCode = (typeof REDIS_STORAGE_CODES)[number];

/** Match on `code`. Neither the message nor a `cause` carries credentials, addresses, keys or values. */
export class RedisStorageError extends Error {
  override readonly name = 'RedisStorageError';
  readonly code: RedisStorageCode;

  constructor(code: RedisStorageCode, message: string) {
    super(message);
    this.code = code;
  }
}

const REFUSALS: ReadonlySet<string> = new Set(['WRONGPASS', 'NOAUTH', 'NOPERM', 'DENIED']);

// The word that begins an error of Redis, or Node's own code. The rest of a message could quote anything.
const WORD = /^[A-Z][A-Z0-9_]{2,31}(?= |$)/;

/** What went wrong, as a word that is safe to show. */
export const errorWord = (error: unknown): string => {
  const { code, message, name } = (error ?? {}) as { code?: unknown; message?: unknown; name?: unknown };
  if (typeof code === 'string' && WORD.test(code)) return code;
  const word = typeof message === 'string' ? WORD.exec(message)?.[0] : undefined;
  return word ?? (typeof name === 'string' && /^[A-Za-z]{1,64}$/.test(name) ? name : 'unknown');
};

/** Whether the server itself said no: waiting does not help. */
export const isRefusal = (error: unknown): boolean => REFUSALS.has(errorWord(error));

/** The error of a failed `open`. */
export const openError = (error: unknown): RedisStorageError => {
  const word = errorWord(error);
  if (REFUSALS.has(word)) {
    return new RedisStorageError(
      'refused',
      `the server refused us (${word}): check the user, the password and its ACL.`,
    );
  }
  if (word === 'WRONGTYPE') {
    return new RedisStorageError(
      'wrong_type',
      'something else stands under the keys of this scope: choose another prefix, or remove it.',
    );
  }
  return new RedisStorageError(
    'server_error',
    `the server answered with ${word}: expected one that runs scripts and takes writes.`,
  );
};
