import { defineHostFunction, type HostFunction } from '@plugwire/runtime';

/** The six host functions of the protocol, in memory, with a trace of their calls. */
export interface TracedHost {
  readonly hostFunctions: readonly HostFunction[];
  /** One line for each call. */
  readonly trace: readonly string[];
}

/** Creates a deterministic host: its clock moves by 300 ms at each reading, and its random bytes count up. */
export const createTracedHost = (): TracedHost => {
  const trace: string[] = [];
  const store = new Map<string, Uint8Array>();
  let nowUnixMs = 1_700_000_000_000;
  let random = 0;
  const note = (name: string, ...args: readonly unknown[]): void => {
    trace.push(`${name} ${args.join(' ')}`);
  };
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  return {
    trace,
    hostFunctions: [
      defineHostFunction({
        name: 'cc_lb_log',
        parameters: ['line', 'line'],
        run: (level, message) => note('log', level, message),
      }),
      defineHostFunction({
        name: 'cc_lb_metric_incr',
        parameters: ['line', 'u64-block'],
        run: (name, value) => note('metric', name, value),
      }),
      defineHostFunction({
        name: 'cc_lb_storage_get',
        parameters: ['text'],
        result: 'bytes?',
        run: (key) => {
          note('get', key);
          return store.get(key);
        },
      }),
      defineHostFunction({
        name: 'cc_lb_storage_put',
        parameters: ['text', 'bytes'],
        run: (key, value) => {
          note('put', key, hex(value));
          store.set(key, value);
        },
      }),
      defineHostFunction({
        name: 'cc_lb_now_unix_ms',
        result: 'u64-block',
        run: () => {
          nowUnixMs += 300;
          return BigInt(nowUnixMs);
        },
      }),
      defineHostFunction({
        name: 'cc_lb_random_bytes',
        parameters: ['u64-block'],
        result: 'bytes',
        run: (count) => {
          note('random', count);
          return Uint8Array.from({ length: Number(count) }, () => (random += 1) % 256);
        },
      }),
    ],
  };
};
