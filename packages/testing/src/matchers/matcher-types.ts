import type { DispatchError, DispatchOutcome } from '@plugwire/runtime';
import type { FallbackPolicy } from '@plugwire/wire';

import type { Measured } from '../measure/measure.ts';
import type { Budget } from './to-stay-within.ts';

/** The type of an argument that nobody can give: its name is the compiler's message. */
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

/** The matchers as `expect(…)` shows them, by what its subject is: a promise of it may be meant for `.resolves`. */
export interface PluginMatchers<Subject = unknown> {
  /**
   * The dispatch gave a response, and if one is given, this one.
   *
   * @example expect(plugin.dispatchSync(greet, { name: 'Ada' })).toBeOk({ text: 'hello, Ada' });
   */
  toBeOk: [Awaited<Subject>] extends [Outcome]
    ? (response?: ResponseIn<Awaited<Subject>>) => void
    : (wrongSubject: TheSubjectIsNoOutcomeOfADispatch) => void;
  /**
   * The dispatch fell back, and if they are given, by this policy, at this stage, with this code.
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
   * The measured dispatch took no more than this, inclusive.
   *
   * @example expect(measure(plugin, greet, { name: 'Ada' })).toStayWithin({ fuel: 10_000 });
   */
  toStayWithin: [Awaited<Subject>] extends [Pick<Measured, 'fuel' | 'memoryBytes' | 'durationMs'>]
    ? (budget: AtLeastOne<Budget>) => void
    : (wrongSubject: TheSubjectIsNotMeasured) => void;
}
