import type { z } from 'zod';

import type { FallbackPolicy } from '../base/fallback-policy.ts';

/**
 * A contract: one function that plugins can implement, in all its versions. It is immutable data. The host's code always uses the newest
 * version; adapters convert messages for older plugins. Create one with `defineWireFunction`.
 */
export interface WireFunction<
  Name extends string = string,
  Policy extends FallbackPolicy = FallbackPolicy,
  // oxlint-disable-next-line typescript/no-explicit-any -- so that every contract is assignable to WireFunction
  Request = any,
  // oxlint-disable-next-line typescript/no-explicit-any
  Response = any,
> {
  readonly name: Name;
  /** What the function is for, as plugin authors read it. */
  readonly description?: string;
  /** What the host does when a dispatch fails. */
  readonly fallback: Policy;
  /** All versions, in ascending order, without gaps. */
  readonly versions: readonly number[];
  /** For types only. It does not exist at run time. */
  readonly '~types'?: { readonly request: Request; readonly response: Response };
}

/** A contract with a default answer: its definition ends with `.withDefault(…)`. */
export interface WireFunctionWithDefault<
  Name extends string = string,
  Policy extends FallbackPolicy = FallbackPolicy,
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  Request = any,
  // oxlint-disable-next-line typescript/no-explicit-any
  Response = any,
> extends WireFunction<Name, Policy, Request, Response> {
  /**
   * Returns the default answer to a request, without a plugin. As in a dispatch that fails, both the request and the answer are validated.
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
  /** What the function is for, in one or more sentences. Kits show it to plugin authors. */
  readonly description?: string;
  /** What the host does when a dispatch fails. */
  readonly fallback: Policy;
  /** The version number, 1 to 65,535. Default: 1. */
  readonly version?: number;
  /** The schema of the request, an object. */
  readonly request: Request;
  /** The schema of the response, an object. */
  readonly response: Response;
  /** One valid request and one valid response, in the host's form. They test the schemas when the contract is defined. */
  readonly sample: { readonly request: z.output<Request>; readonly response: z.output<Response> };
}

/** A further version of a contract, for `.next`. Both adapters must be pure. Their results are validated. */
export interface NextVersion<OldRequest, OldResponse, Request extends z.ZodType, Response extends z.ZodType> {
  readonly request: Request;
  readonly response: Response;
  readonly sample: { readonly request: z.output<Request>; readonly response: z.output<Response> };
  /** Converts a request of this version to the version below. */
  readonly downgradeRequest: (request: z.output<Request>) => OldRequest;
  /** Converts a response of the version below to this version. A literal for an enum needs `as const`. */
  readonly upgradeResponse: (response: OldResponse) => z.output<Response>;
}

/** A contract to which you can add versions. */
export type WireFunctionBuilder<
  Name extends string,
  Policy extends FallbackPolicy,
  Request,
  Response,
> = WireFunction<Name, Policy, Request, Response> & {
  /** Returns a new contract with one more version, numbered one higher. Throws `PlugwireUsageError` like `defineWireFunction`. */
  next<NewRequest extends z.ZodType, NewResponse extends z.ZodType>(
    version: NextVersion<Request, Response, NewRequest, NewResponse>,
  ): WireFunctionBuilder<Name, Policy, z.output<NewRequest>, z.output<NewResponse>>;
} & (Policy extends 'use_default'
    ? {
        /**
         * Ends the definition with the default answer, which the host uses when a dispatch fails. The function must be pure. Its result is
         * validated. It runs once on the sample when the contract is defined. Throws `PlugwireUsageError` `bad_default`.
         */
        withDefault(
          makeDefault: (request: Request) => Response,
        ): WireFunctionWithDefault<Name, Policy, Request, Response>;
      }
    : unknown);
