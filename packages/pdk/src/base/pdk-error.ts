/** The reasons why a kit cannot be generated, as codes. */
export const PDK_CODES = [
  /** The contract contains a shape that kits in this language cannot express. The message names the place and the language. */
  'unsupported_shape',
  /** `functions` names a function or a version that is not in the contracts. */
  'unknown_function',
  /** `capabilities` names a capability that neither the protocol nor a host function of the contracts defines. */
  'unknown_capability',
  /** The name or the version of the plugin is not valid in an identity section. */
  'bad_plugin',
  /** plugwire.json does not have the form that `plugwire new` writes. */
  'bad_manifest',
  /** The language has no kit. */
  'unknown_language',
] as const;

/** One of {@link PDK_CODES}. */
export type PdkCode = (typeof PDK_CODES)[number];

/**
 * Thrown when a kit cannot be generated. The message says what was seen, what was expected, and what to do next.
 *
 * @example
 * try {
 *   generateKit(options);
 * } catch (error) {
 *   if ((error as PdkError).code === 'unsupported_shape') console.error((error as PdkError).message);
 *   else throw error;
 * }
 */
export class PdkError extends Error {
  override readonly name = 'PdkError';
  readonly code: PdkCode;

  constructor(code: PdkCode, message: string) {
    super(message);
    this.code = code;
  }
}
