import type {
  ContractCode,
  DefaultError,
  DispatchStage,
  FallbackPolicy,
  ResponseOf,
  WireFunction,
} from '@plugwire/wire';

import type { CallCode } from './call-result.ts';

/** Codes of dispatches that called no plugin. */
export const ABSENCES = ['not_loaded', 'disabled', 'not_synchronous'] as const;
/** One of {@link ABSENCES}. */
export type Absence = (typeof ABSENCES)[number];

/** Why a dispatch failed. Match on `stage` and `code`; the message holds no payload unless `revealGuestErrors` is on. */
export interface DispatchError {
  readonly stage: DispatchStage;
  readonly code: ContractCode | CallCode;
  readonly message: string;
}

/** The result of a dispatch. It is always one of these, whatever the plugin does. */
export type DispatchOutcome<Contract extends WireFunction = WireFunction> =
  | {
      readonly kind: 'ok';
      readonly response: ResponseOf<Contract>;
      /** The negotiated version at which the plugin answered. */
      readonly version: number;
    }
  | FallbackOutcome<Contract, ResponseOf<Contract>, undefined>
  | FallbackOutcome<Contract, undefined, DefaultError | undefined>;

/**
 * A dispatch that failed, with or without the contract's default answer. Compare `response` with `undefined` to narrow the type.
 *
 * @example
 * const { response } = plugin.dispatchSync(greet, request);
 * if (response === undefined) return reject(502);
 * respond(response.text); // the plugin's answer, or the default
 */
interface FallbackOutcome<Contract extends WireFunction, Response, Failure> {
  readonly kind: 'fallback';
  readonly policy: Contract['fallback'] & FallbackPolicy;
  readonly error: DispatchError;
  /**
   * The contract's default answer. It is `undefined` if the policy is not `use_default`, if the request does not fit the contract
   * (stages `request_envelope` and `serialize_request`), or if the default itself failed: see `defaultError`.
   */
  readonly response: Response;
  /** Why the default returned no answer for a valid request. This is a bug in the contract's default. */
  readonly defaultError: Failure;
}
