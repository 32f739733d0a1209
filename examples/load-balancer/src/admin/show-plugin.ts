import type { FunctionExplanation, HandleHealth, Operator } from '@plugwire/operate';

/** How a plugin is, and what a request gets where it fails. */
export interface ShownPlugin extends HandleHealth {
  readonly explain: readonly FunctionExplanation[];
}

/** What `GET /plugins` says of one plugin. Throws `OperateError` `unknown_name`. */
export const showPlugin = (operator: Operator, name: string): ShownPlugin => ({
  ...operator.get(name).health(),
  explain: operator.explain(name),
});
