import type { z } from 'zod';

import type { FallbackPolicy } from '../base/fallback-policy.ts';

/**
 * A contract: one function that plugins may implement, in all its versions. It is data and immutable; the host's code
 * always speaks the newest version, and the ladder inside meets older plugins.
 */
export interface WireFunction<
  Name extends string = string,
  Policy extends FallbackPolicy = FallbackPolicy,
  // oxlint-disable-next-line typescript/no-explicit-any -- any contract must fit where one is taken, whatever it carries
  Request = any,
  // oxlint-disable-next-line typescript/no-explicit-any
  Response = any,
> {
  readonly name: Name;
  /** What the function is for, for authors of plugins. */
  readonly description?: string;
  readonly fallback: Policy;
  /** Ascending, without gaps. */
  readonly versions: readonly number[];
  /** Types only, never there at run time. */
  readonly '~types'?: { readonly request: Request; readonly response: Response };
}

/** A contract whose definition ends with `.withDefault(…)`. */
export interface WireFunctionWithDefault<
  Name extends string = string,
  Policy extends FallbackPolicy = FallbackPolicy,
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  Request = any,
  // oxlint-disable-next-line typescript/no-explicit-any
  Response = any,
> extends WireFunction<Name, Policy, Request, Response> {
  /**
   * Gives the default answer to a request without a plugin, as a dispatch that fails does: the request is checked first, and the answer
   * afterwards.
   *
   * Throws `PlugwireUsageError`: `bad_request` if the request does not fit the contract, `bad_default` if the default throws or its answer
   * does not fit.
   *
   * @example greet.applyDefault({ name: 'Ada' }); // { text: 'Hello, Ada' }
   */
  applyDefault(request: Request): Response;
}

/** The request's type at the newest version, in the host's form. */
export type RequestOf<Contract extends WireFunction> = NonNullable<Contract['~types']>['request'];

/** The response's type at the newest version, in the host's form. */
export type ResponseOf<Contract extends WireFunction> = NonNullable<Contract['~types']>['response'];

/** The first version of a contract, for `defineWireFunction`. */
export interface FirstVersion<
  Name extends string,
  Policy extends FallbackPolicy,
  Request extends z.ZodType,
  Response extends z.ZodType,
> {
  /** Snake case, at most 64 bytes: the name of the plugin's export. */
  readonly name: Name;
  /** What the function is for, in a sentence or more. Kits show it to authors of plugins. */
  readonly description?: string;
  readonly fallback: Policy;
  /** 1 if left out. */
  readonly version?: number;
  readonly request: Request;
  readonly response: Response;
  /** One valid message each way, in the host's form. It proves the schemas when the contract is defined. */
  readonly sample: { readonly request: z.output<Request>; readonly response: z.output<Response> };
}

/** A further version, for `.next`. Both adapters are pure; what they return is validated. */
export interface NextVersion<OldRequest, OldResponse, Request extends z.ZodType, Response extends z.ZodType> {
  readonly request: Request;
  readonly response: Response;
  readonly sample: { readonly request: z.output<Request>; readonly response: z.output<Response> };
  /** This version's request as the version below understands it. */
  readonly downgradeRequest: (request: z.output<Request>) => OldRequest;
  /** The version below's response as this version's host expects it. A literal for an enum needs `as const`. */
  readonly upgradeResponse: (response: OldResponse) => z.output<Response>;
}

/** A contract that can still grow. */
export type WireFunctionBuilder<
  Name extends string,
  Policy extends FallbackPolicy,
  Request,
  Response,
> = WireFunction<Name, Policy, Request, Response> & {
  /** A new contract whose version is one higher. Throws `PlugwireUsageError` like `defineWireFunction`. */
  next<NewRequest extends z.ZodType, NewResponse extends z.ZodType>(
    version: NextVersion<Request, Response, NewRequest, NewResponse>,
  ): WireFunctionBuilder<Name, Policy, z.output<NewRequest>, z.output<NewResponse>>;
} & (Policy extends 'use_default'
    ? {
        /**
         * Ends the chain with the answer that the host uses when a dispatch fails. The function is pure, and its result is validated.
         * It runs once on the sample when the contract is defined. Throws `PlugwireUsageError` `bad_default`.
         */
        withDefault(
          makeDefault: (request: Request) => Response,
        ): WireFunctionWithDefault<Name, Policy, Request, Response>;
      }
    : unknown);
