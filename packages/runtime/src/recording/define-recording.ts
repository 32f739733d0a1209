import {
  findLadder,
  PlugwireUsageError,
  type RequestOf,
  type ResponseOf,
  showType,
  type WireFunction,
} from '@plugwire/wire';

import { checkOptions } from '../base/check-options.ts';

/** The values of one host function call. Their types are those of its declaration. */
export interface HostCallValues {
  /** The name under which the guest imports the function. */
  readonly name: string;
  readonly arguments: readonly unknown[];
  /** `undefined` if the function returns nothing or failed. */
  readonly result: unknown;
  /** The text of the `HostFunctionError` that it failed with. */
  readonly guestMessage: string | undefined;
}

/**
 * Removes data that must not be kept. Each function gets a copy and returns a value of the same type. If a function throws, or returns a
 * value that does not fit the contract, the call is not recorded.
 */
export interface Redactor<Contract extends WireFunction = WireFunction> {
  readonly request: (request: RequestOf<Contract>) => RequestOf<Contract>;
  readonly response: (response: ResponseOf<Contract>) => ResponseOf<Contract>;
  /** Without it, calls in which the plugin called a host function are not recorded. */
  readonly hostCall?: (call: HostCallValues) => HostCallValues;
}

/** Options of {@link defineRecording}. */
export interface RecordingOptions<Contract extends WireFunction = WireFunction> {
  readonly redact: Redactor<Contract>;
  /** The most calls that are kept for each plugin. The oldest are dropped first. By default 100. */
  readonly calls?: number;
  /** The most bytes of text that are kept for each plugin. A larger call is not recorded. By default 1 MiB. */
  readonly bytes?: number;
  /** The share of calls that is recorded, above 0 and at most 1. By default 1, which is all calls. */
  readonly share?: number;
}

/** A function whose calls are recorded. Pass it in `recordings` of a host or a load. Immutable. */
export interface RecordingRule {
  readonly contract: WireFunction;
  readonly redact: Redactor;
  readonly calls: number;
  readonly bytes: number;
  readonly share: number;
}

const OPTIONS: Readonly<Record<keyof RecordingOptions, true>> = {
  redact: true,
  calls: true,
  bytes: true,
  share: true,
};

const DEFAULTS = { calls: 100, bytes: 1024 * 1024, share: 1 } as const;

/**
 * Declares that the calls of a function are recorded in memory, for a later replay. A redactor is required.
 *
 * Throws `PlugwireUsageError` `bad_function` if `contract` is not a contract, and `bad_option` for a wrong option.
 *
 * @example
 * const greetings = defineRecording(greet, {
 *   redact: { request: (request) => ({ ...request, name: 'x' }), response: (response) => response },
 * });
 * const host = createPluginHost({ functions: [greet], recordings: [greetings] });
 */
export const defineRecording = <Contract extends WireFunction>(
  contract: Contract,
  options: RecordingOptions<Contract>,
): RecordingRule => {
  if (findLadder(contract) === undefined) {
    throw new PlugwireUsageError(
      'bad_function',
      `the contract is ${showType(contract)}: expected one from defineWireFunction.`,
    );
  }
  const { redact, calls, bytes, share } = { ...DEFAULTS, ...checkOptions(options, OPTIONS) };
  for (const part of ['request', 'response', 'hostCall'] as const) {
    const given: unknown = (redact as unknown as Partial<Redactor> | undefined)?.[part];
    if (typeof given !== 'function' && !(part === 'hostCall' && given === undefined))
      refuse(`redact.${part}`, given, 'a function that returns the value to keep');
  }
  for (const [name, value] of Object.entries({ calls, bytes }))
    if (!Number.isSafeInteger(value) || value < 1) refuse(name, value, 'a whole number, at least 1');
  if (typeof share !== 'number' || !(share > 0 && share <= 1))
    refuse('share', share, 'a number above 0 and at most 1, such as 0.01 for one call in a hundred');
  const rule = Object.freeze({ contract, redact: redact as unknown as Redactor, calls, bytes, share });
  rules.add(rule);
  return rule;
};

const rules = new WeakSet<object>();

const refuse = (option: string, value: unknown, expected: string): never => {
  const seen = typeof value === 'number' ? String(value) : showType(value);
  throw new PlugwireUsageError('bad_option', `${option} of a recording is ${seen}: expected ${expected}.`);
};

/**
 * Checks a list of recordings, if it is given. Throws `PlugwireUsageError` `bad_option` for a value that `defineRecording` did not create,
 * for two recordings of one function, and for a function that the host does not have.
 */
export const checkRecordings = (
  list: readonly RecordingRule[],
  functions: readonly WireFunction[],
): readonly RecordingRule[] => {
  if (!Array.isArray(list) || (list as readonly unknown[]).some((rule) => !isRule(rule))) {
    throw new PlugwireUsageError(
      'bad_option',
      `recordings is ${showType(list)}: expected a list of what defineRecording returns.`,
    );
  }
  const seen = new Set<WireFunction>();
  for (const { contract } of list as readonly RecordingRule[]) {
    if (!functions.includes(contract) || seen.has(contract)) {
      const why = seen.has(contract) ? 'is recorded twice' : 'is not a function of this host';
      throw new PlugwireUsageError(
        'bad_option',
        `recordings holds "${contract.name}", which ${why}: list each function of the host at most once.`,
      );
    }
    seen.add(contract);
  }
  return list;
};

const isRule = (rule: unknown): boolean => typeof rule === 'object' && rule !== null && rules.has(rule);
