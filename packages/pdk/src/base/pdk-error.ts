/** What can be wrong with a request for a kit. */
export const PDK_CODES = [
  /** The contract has a shape that the language, or any kit, cannot express. The message names the place and the language. */
  'unsupported_shape',
  /** `functions` names a function or a version that the contracts do not have. */
  'unknown_function',
  /** `capabilities` names one that neither the protocol nor a host function of the contracts has. */
  'unknown_capability',
  /** The name or the version of the plugin does not fit the identity section. */
  'bad_plugin',
  /** plugwire.json is not what `plugwire new` writes. */
  'bad_manifest',
  /** There is no kit for this language. */
  'unknown_language',
] as const;

/** A code of {@link PdkError}. */
export type PdkCode = (typeof PDK_CODES)[number];

/** A kit cannot be generated. The message says what was seen, what was expected, and what to do. */
export class PdkError extends Error {
  override readonly name = 'PdkError';
  readonly code: PdkCode;

  constructor(code: PdkCode, message: string) {
    super(message);
    this.code = code;
  }
}
