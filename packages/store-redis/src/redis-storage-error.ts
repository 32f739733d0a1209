/**
 * The codes of {@link RedisStorageError}: why a store on Redis could not be opened, or not closed without loss. New versions may add codes but
 * never rename one.
 *
 * - `unreachable`: the server did not answer in time.
 * - `refused`: the server denied access because of the credentials, or an ACL without a command, key or channel.
 * - `wrong_type`: the keys are used by another program. Choose another `prefix`.
 * - `server_error`: the server answered with another error.
 * - `not_flushed`: acknowledged writes were not confirmed, or were refused after the server was unreachable.
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

/** Thrown if a store cannot be opened, or not closed without loss. Match on `code`. The message has no credentials, addresses, keys or values. */
export class RedisStorageError extends Error {
  override readonly name = 'RedisStorageError';
  readonly code: RedisStorageCode;

  constructor(code: RedisStorageCode, message: string) {
    super(message);
    this.code = code;
  }
}

const REFUSALS: ReadonlySet<string> = new Set(['WRONGPASS', 'NOAUTH', 'NOPERM', 'DENIED']);

// The first word of a Redis error, or Node's error code. The rest of a message could quote anything.
const WORD = /^[A-Z][A-Z0-9_]{2,31}(?= |$)/;

/** Returns one word about an error that is safe to show. */
export const errorWord = (error: unknown): string => {
  const { code, message, name } = (error ?? {}) as { code?: unknown; message?: unknown; name?: unknown };
  if (typeof code === 'string' && WORD.test(code)) return code;
  const word = typeof message === 'string' ? WORD.exec(message)?.[0] : undefined;
  return word ?? (typeof name === 'string' && /^[A-Za-z]{1,64}$/.test(name) ? name : 'unknown');
};

/** Whether the server denied access, so that waiting does not help. */
export const isRefusal = (error: unknown): boolean => REFUSALS.has(errorWord(error));

/** Converts the error of a failed `open`. */
export const openError = (error: unknown): RedisStorageError => {
  const word = errorWord(error);
  if (REFUSALS.has(word)) {
    return new RedisStorageError(
      'refused',
      `the server denied access (${word}): expected valid credentials. Check the user, the password and its ACL.`,
    );
  }
  if (word === 'WRONGTYPE') {
    return new RedisStorageError(
      'wrong_type',
      'the keys of this scope have another type, so another program uses them: choose another prefix, or remove the keys.',
    );
  }
  return new RedisStorageError(
    'server_error',
    `the server answered with ${word}: expected one that runs scripts and accepts writes. Check the server's configuration and state.`,
  );
};
