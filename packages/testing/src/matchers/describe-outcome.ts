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
 * Describes an outcome in a few lines, without the response, which is payload. `error.message` contains no payload unless the host has
 * `revealGuestErrors` set.
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

/** Throws because the subject of an assertion has the wrong type, so that neither the assertion nor its `.not` passes. */
export const refuseSubject = (matcher: string, expected: string, seen: unknown): never => {
  throw new TypeError(`${matcher}: expected ${expected}, but the subject is ${nameKind(seen)}`);
};

/** Names the type of a value without showing its content. */
const nameKind = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (value instanceof Promise) return 'a promise: await it, or use .resolves';
  if (isOutcome(value))
    return 'the outcome of a dispatch: use the result of measure(plugin, contract, request) instead';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object')
    return `an object with the keys ${Object.keys(value).join(', ') || '(none)'}`;
  return `a ${typeof value}`;
};
