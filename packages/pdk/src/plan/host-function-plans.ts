import type { HostFunctionDescription, HostValueDescription } from '@plugwire/wire';

import { PdkError } from '../base/pdk-error.ts';
import type { HostFunctionPlan, HostValuePlan, Words } from './kit-plan.ts';
import type { TypePlanner } from './type-planner.ts';
import { createNames, wordsOf } from './words.ts';

const NAMESPACE = 'extism:host/user';

/** The six host functions of the protocol and their capabilities. docs/protocol.md defines them. */
const PROTOCOL_FUNCTIONS: readonly HostFunctionDescription[] = [
  {
    name: 'cc_lb_log',
    namespace: NAMESPACE,
    capability: 'log',
    description: 'Writes a line to the log of the host. Levels: trace, debug, info, warn, error.',
    parameters: [{ kind: 'text' }, { kind: 'text' }],
  },
  {
    name: 'cc_lb_metric_incr',
    namespace: NAMESPACE,
    capability: 'metrics',
    description: 'Adds to a counter.',
    parameters: [{ kind: 'text' }, { kind: 'u64-block' }],
  },
  {
    name: 'cc_lb_storage_get',
    namespace: NAMESPACE,
    capability: 'storage',
    description: 'Reads a value from the storage of the plugin. Empty if the key has no value.',
    parameters: [{ kind: 'text' }],
    result: { kind: 'bytes' },
  },
  {
    name: 'cc_lb_storage_put',
    namespace: NAMESPACE,
    capability: 'storage',
    description: 'Writes a value to the storage of the plugin.',
    parameters: [{ kind: 'text' }, { kind: 'bytes' }],
  },
  {
    name: 'cc_lb_now_unix_ms',
    namespace: NAMESPACE,
    capability: 'clock',
    description: 'The wall clock, in milliseconds since 1970.',
    parameters: [],
    result: { kind: 'u64-block' },
  },
  {
    name: 'cc_lb_random_bytes',
    namespace: NAMESPACE,
    capability: 'random',
    description: 'Random bytes from a secure source, at most 65,536.',
    parameters: [{ kind: 'u64-block' }],
    result: { kind: 'bytes' },
  },
];

/**
 * Plans the host functions that a plugin with these capabilities may call: those of the protocol and those that the host declares.
 *
 * Throws {@link PdkError} `unknown_capability`.
 */
export const planHostFunctions = (
  declared: readonly HostFunctionDescription[],
  capabilities: readonly string[],
  planner: TypePlanner,
): readonly HostFunctionPlan[] => {
  const all = [...PROTOCOL_FUNCTIONS, ...declared];
  const known = new Set(all.flatMap(({ capability }) => capability ?? []));
  const unknown = capabilities.find((capability) => !known.has(capability));
  if (unknown !== undefined)
    throw new PdkError(
      'unknown_capability',
      `capabilities names ${JSON.stringify(unknown)}: expected one of ${[...known].toSorted().join(', ')}. Correct the name. If your host defines this capability, export its host functions into the contracts file.`,
    );
  const name = createNames();
  return all
    .filter(({ capability }) => capability === undefined || capabilities.includes(capability))
    .map((described) =>
      planHostFunction(described, name(wordsOf(described.name.replace(/^cc_lb_/, ''), 'host')), planner),
    );
};

const planHostFunction = (
  { name, namespace, description, parameters, result }: HostFunctionDescription,
  words: Words,
  planner: TypePlanner,
): HostFunctionPlan => {
  const planValue = ({ kind, shape }: HostValueDescription, at: string): HostValuePlan =>
    shape === undefined
      ? { kind }
      : { kind, type: planner.planValue([...words, at], shape, `host function ${name}, ${at}`) };
  return {
    name,
    namespace,
    words,
    ...(description === undefined ? {} : { description }),
    parameters: parameters.map((parameter, at) => planValue(parameter, `argument${at + 1}`)),
    ...(result === undefined ? {} : { result: planValue(result, 'result') }),
  };
};
