/** Why a configuration is refused. Codes may be added, but are never renamed. */
export const CONFIG_CODES = [
  'not_found',
  'unreadable',
  'not_utf8',
  'too_large',
  'not_toml',
  'invalid',
] as const;
/** One of {@link CONFIG_CODES}. */
export type ConfigCode = (typeof CONFIG_CODES)[number];

/** One problem in a configuration, and its place. */
export interface ConfigIssue {
  /** The line in the file, from 1. `undefined` if the problem concerns the whole file. */
  readonly line: number | undefined;
  /** The key, such as `plugins.greeter.sha256`. Empty if the problem concerns the whole file. */
  readonly key: string;
  /** What was seen, what was expected, what to do. */
  readonly message: string;
}

/**
 * The error for a configuration that cannot be used. It lists all problems. Nothing was applied.
 *
 * @example
 * try {
 *   readConfig('plugwire.toml');
 * } catch (error) {
 *   for (const { line, key, message } of (error as ConfigError).issues) show(`${line}: ${key}: ${message}`);
 * }
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly code: ConfigCode;
  readonly file: string;
  readonly issues: readonly ConfigIssue[];

  constructor(code: ConfigCode, file: string, issues: readonly ConfigIssue[]) {
    super(issues.map((issue) => showIssue(file, issue)).join('\n'));
    this.code = code;
    this.file = file;
    this.issues = issues;
  }
}

const showIssue = (file: string, { line, key, message }: ConfigIssue): string =>
  [line === undefined ? file : `${file}:${line}`, ...(key === '' ? [] : [key]), message].join(': ');
