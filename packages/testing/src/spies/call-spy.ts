import { defineRecording, type HostCallValues, type RecordingRule } from '@plugwire/runtime';
import type { RequestOf, ResponseOf, WireFunction } from '@plugwire/wire';

/** One call that reached a plugin. */
export interface SentCall<Contract extends WireFunction = WireFunction> {
  /** The request in the host's form, at the newest version. The plugin may have got an older version. */
  readonly request: RequestOf<Contract>;
  /** The response in the host's form. `undefined` if the call failed. */
  readonly response: ResponseOf<Contract> | undefined;
  /** The plugin's calls of host functions, in order. */
  readonly hostCalls: readonly HostCallValues[];
}

/** Records the calls that reach plugins. */
export interface CallSpy {
  /** Pass this as `recordings` of a host or a load. */
  readonly recordings: readonly RecordingRule[];
  /** Returns the calls of a contract that reached a plugin, oldest first. */
  calls<Contract extends WireFunction>(contract: Contract): readonly SentCall<Contract>[];
}

interface Seen {
  request: unknown;
  response: unknown;
  readonly hostCalls: HostCallValues[];
}

/** The most calls and bytes that are recorded for each function. */
const BOUNDS = { calls: 10_000, bytes: 64 * 1024 * 1024 };

/**
 * Creates a spy for the calls of contracts. `openTestPlugin` already has one, as `calls`. It records at most 10,000 calls and 64 MiB for each
 * contract.
 *
 * Throws `PlugwireUsageError` `bad_function` for a value that is not a contract.
 *
 * @example
 * const spy = createCallSpy([greet]);
 * const host = createPluginHost({ functions: [greet], recordings: spy.recordings });
 * expect(spy.calls(greet)).toMatchObject([{ request: { name: 'Ada' } }]);
 */
export const createCallSpy = (functions: readonly WireFunction[]): CallSpy => {
  const seen = new Map<WireFunction, Seen[]>();
  const watch = (contract: WireFunction): RecordingRule => {
    const calls: Seen[] = [];
    seen.set(contract, calls);
    // The redactor gets copies, in this order: the request of a call, its response, its calls of host functions.
    return defineRecording(contract, {
      ...BOUNDS,
      redact: {
        request: (request) => {
          calls.push({ request: request, response: undefined, hostCalls: [] });
          return request;
        },
        response: (response) => {
          const call = calls.at(-1);
          if (call !== undefined) call.response = response;
          return response;
        },
        hostCall: (call) => {
          calls.at(-1)?.hostCalls.push(call);
          return call;
        },
      },
    });
  };
  return {
    recordings: [...new Set(functions)].map(watch),
    calls: <Contract extends WireFunction>(contract: Contract) =>
      [...(seen.get(contract) ?? [])] as readonly SentCall<Contract>[],
  };
};
