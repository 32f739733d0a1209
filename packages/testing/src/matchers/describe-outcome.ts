import type { DispatchOutcome } from '@plugwire/runtime';

/** Whether a value is the outcome of a dispatch. */
export const isOutcome = (value: unknown): value is DispatchOutcome => {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, version, error } = value as { kind?: unknown; version?: unknown; error?: unknown };
  if (kind === 'ok') return typeof version === 'number';
  return (
    kind === 'fallback' && typeof error === 'object' && error !== null && 'stage' in error && 'code' in error
  );
};

/**
 * What happened, in a few lines: everything but the response, which is payload. (`error.message` holds none, unless the host
 * was told to reveal guests' errors.)
 */
export const describeOutcome = (outcome: DispatchOutcome): string =>
  outcome.kind === 'ok'
    ? `  kind:    ok\n  version: ${outcome.version}`
    : [
        '  kind:    fallback',
        `  policy:  ${outcome.policy}`,
        `  stage:   ${outcome.error.stage}`,
        `  code:    ${outcome.error.code}`,
        `  message: ${outcome.error.message}`,
      ].join('\n');

/** Ends a test whose subject is none: neither the assertion nor its `.not` may pass for it. */
export const refuseSubject = (matcher: string, expected: string, seen: unknown): never => {
  throw new TypeError(`${matcher}: expected ${expected}, but the subject is ${nameKind(seen)}`);
};

/** What kind of thing a value is, without showing what is in it. */
const nameKind = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (value instanceof Promise) return 'a promise: await it, or use .resolves';
  if (isOutcome(value))
    return 'the outcome of a dispatch: measure(plugin, contract, request) gives what is needed';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object')
    return `an object with the keys ${Object.keys(value).join(', ') || '(none)'}`;
  return `a ${typeof value}`;
};
