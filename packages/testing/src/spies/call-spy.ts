import { defineRecording, type HostCallValues, type RecordingRule } from '@plugwire/runtime';
import type { RequestOf, ResponseOf, WireFunction } from '@plugwire/wire';

/** One call that reached a plugin. */
export interface SentCall<Contract extends WireFunction = WireFunction> {
  /** In the host's form, at the newest version: the plugin may have got an older one. */
  readonly request: RequestOf<Contract>;
  /** `undefined` if the plugin did not answer well. */
  readonly response: ResponseOf<Contract> | undefined;
  /** What the plugin asked of host functions, in order. */
  readonly hostCalls: readonly HostCallValues[];
}

/** Remembers what plugins were sent. */
export interface CallSpy {
  /** For a host, or for a load. */
  readonly recordings: readonly RecordingRule[];
  /** The calls to a function that reached a plugin, oldest first. */
  calls<Contract extends WireFunction>(contract: Contract): readonly SentCall<Contract>[];
}

interface Seen {
  request: unknown;
  response: unknown;
  readonly hostCalls: HostCallValues[];
}

/** The most calls and bytes that are remembered of each function. */
const BOUNDS = { calls: 10_000, bytes: 64 * 1024 * 1024 };

/**
 * Creates a spy for contracts. `openTestPlugin` has one already, as `calls`.
 *
 * Throws `PlugwireUsageError` `bad_function` for what is no contract.
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
    // It owns what it is given. It is asked for the request of a call, then for its response, then for what it asked of the host.
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
