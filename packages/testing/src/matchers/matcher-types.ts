import type { DispatchError, DispatchOutcome } from '@plugwire/runtime';
import type { FallbackPolicy } from '@plugwire/wire';

import type { Measured } from '../measure/measure.ts';
import type { Budget } from './to-stay-within.ts';

/** Makes a type that no argument has. The name of that type appears in the compiler's message. */
declare const wrong: unique symbol;
interface TheSubjectIsNoOutcomeOfADispatch {
  readonly [wrong]: 'expect(plugin.dispatchSync(…)), or expect(plugin.dispatch(…)).resolves';
}
interface TheSubjectIsNotMeasured {
  readonly [wrong]: 'expect(measure(plugin, contract, request))';
}

type Outcome = Pick<DispatchOutcome, 'kind' | 'response'>;
type ResponseIn<Subject> =
  Extract<Subject, { readonly kind: 'ok' }> extends { readonly response: infer Response }
    ? Response
    : unknown;
type PolicyIn<Subject> =
  Extract<Subject, { readonly kind: 'fallback' }> extends { readonly policy: infer Policy }
    ? Policy
    : FallbackPolicy;

type AtLeastOne<Fields> = {
  [Key in keyof Fields]-?: Required<Pick<Fields, Key>> & Omit<Fields, Key>;
}[keyof Fields];

/** The matchers of `expect(…)`, typed by the subject. The subject may be a promise, for `.resolves`. */
export interface PluginMatchers<Subject = unknown> {
  /**
   * Passes if the dispatch returned a response. With an argument, the response must equal it.
   *
   * @example expect(plugin.dispatchSync(greet, { name: 'Ada' })).toBeOk({ text: 'hello, Ada' });
   */
  toBeOk: [Awaited<Subject>] extends [Outcome]
    ? (response?: ResponseIn<Awaited<Subject>>) => void
    : (wrongSubject: TheSubjectIsNoOutcomeOfADispatch) => void;
  /**
   * Passes if the dispatch fell back. With an argument, the given policy, stage and code must match.
   *
   * @example expect(outcome).toFallBack({ policy: 'fail_request', stage: 'plugin_call', code: 'deadline' });
   */
  toFallBack: [Awaited<Subject>] extends [Outcome]
    ? (expected?: {
        readonly policy?: PolicyIn<Awaited<Subject>>;
        readonly stage?: DispatchError['stage'];
        readonly code?: DispatchError['code'];
      }) => void
    : (wrongSubject: TheSubjectIsNoOutcomeOfADispatch) => void;
  /**
   * Passes if a measured dispatch used no more than the budget, inclusive.
   *
   * @example expect(measure(plugin, greet, { name: 'Ada' })).toStayWithin({ fuel: 10_000 });
   */
  toStayWithin: [Awaited<Subject>] extends [Pick<Measured, 'fuel' | 'memoryBytes' | 'durationMs'>]
    ? (budget: AtLeastOne<Budget>) => void
    : (wrongSubject: TheSubjectIsNotMeasured) => void;
}
