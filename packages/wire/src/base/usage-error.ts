/**
 * The codes of {@link PlugwireUsageError}: mistakes of a caller when it defines contracts, creates hosts or loads plugins. New versions
 * may add codes but never rename one. A dispatch never throws these errors. docs/errors.md says what to do about each.
 */
export const USAGE_CODES = [
  'bad_name',
  'bad_version',
  'too_many_versions',
  'bad_policy',
  'bad_schema',
  'bad_sample',
  'bad_request',
  'bad_adapter',
  'bad_default',
  'bad_description',
  'bad_function',
  'bad_binding',
  'duplicate_function',
  'too_many_functions',
  'bad_capability',
  'too_many_capabilities',
  'bad_host_function',
  'bad_source',
  'bad_option',
  'bad_limit',
  'bad_recording',
  'registry_conflict',
  'host_closed',
  'slot_closed',
  'storage_closed',
] as const;

/** One of {@link USAGE_CODES}. */
export type UsageCode = (typeof USAGE_CODES)[number];

/**
 * Thrown when the API is used wrongly: a bad contract, a bad option, a closed host. Match on `code`. The message says what was seen,
 * what was expected, and what to do.
 *
 * @example
 * try {
 *   defineWireFunction({ ...greeting, name: 'Greet' });
 * } catch (error) {
 *   if ((error as PlugwireUsageError).code === 'bad_name') console.error('names are lower case');
 * }
 */
export class PlugwireUsageError extends Error {
  override readonly name = 'PlugwireUsageError';
  readonly code: UsageCode;

  constructor(code: UsageCode, message: string) {
    super(message);
    this.code = code;
  }
}
