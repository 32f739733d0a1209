/** Codes of failed operations. Codes may be added, but are never renamed. */
export const OPERATE_CODES = [
  'name_taken',
  'unknown_name',
  'handle_closed',
  'another_plugin',
  'nothing_to_roll_back',
  'not_loaded',
  'canary_running',
  'no_canary',
  'nothing_recorded',
  'not_replayable',
  'replay_differs',
  'unknown_host',
  'not_listed',
  'unknown_role',
  'unknown_chain',
  'not_in_time',
  'not_persisted',
  'registry_unusable',
  'unknown_carrier',
] as const;
/** One of {@link OPERATE_CODES}. */
export type OperateCode = (typeof OPERATE_CODES)[number];

/**
 * The error of a failed operation. Nothing has changed. Match on `code`. The message says what was seen, what was expected and what to do.
 *
 * @example
 * try {
 *   handle.rollBack();
 * } catch (error) {
 *   if ((error as OperateError).code === 'nothing_to_roll_back') show('there is no earlier version');
 * }
 */
export class OperateError extends Error {
  override readonly name = 'OperateError';
  readonly code: OperateCode;

  constructor(code: OperateCode, message: string) {
    super(message);
    this.code = code;
  }
}
