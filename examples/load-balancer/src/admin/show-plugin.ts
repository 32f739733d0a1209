import type { FunctionExplanation, HandleHealth, Operator } from '@plugwire/operate';

/** The health of a plugin, and what a request gets if a call fails. */
export interface ShownPlugin extends HandleHealth {
  readonly explain: readonly FunctionExplanation[];
}

/** Returns what `GET /plugins/NAME` shows. Throws `OperateError` `unknown_name` if no such plugin is open. */
export const showPlugin = (operator: Operator, name: string): ShownPlugin => ({
  ...operator.get(name).health(),
  explain: operator.explain(name),
});
