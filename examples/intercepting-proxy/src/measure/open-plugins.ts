import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { createOperator } from '@plugwire/operate';
import { faultPlugin } from '@plugwire/process';
import { createPluginHost, type HostLogger } from '@plugwire/runtime';
import type { PreparedPlugin } from '@plugwire/testing';
import { guardedInterceptFunctions, interceptFunctions } from '@plugwire/wire/intercept';

import type { InterceptPlugin } from '../intercept-plugin.ts';

/** A plugin of a script, and a method that closes it. */
export interface OpenPlugin extends InterceptPlugin {
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly isGuard?: boolean;
  readonly config?: Readonly<Record<string, string>>;
  readonly logger?: HostLogger;
}

/** A module, a plugin of `@plugwire/testing`, or the address of a gRPC plugin of fault. */
export type Source = Uint8Array | PreparedPlugin | { readonly address: string };

/** Opens a plugin in its own host, because a guard needs a host with other contracts. */
export const openPlugin = async (
  name: string,
  source: Source,
  { isGuard = false, config = {}, logger }: OpenOptions = {},
): Promise<OpenPlugin> => {
  const prepared = 'prepare' in source ? source : undefined;
  const host = createPluginHost({
    functions: isGuard ? guardedInterceptFunctions : interceptFunctions,
    // Deadlines are wall time. The client and the server of a script share this thread, so calls need more time.
    limits: { deadlineMs: 2_000 },
    ...(logger === undefined ? {} : { logger }),
    ...prepared?.hostOptions,
  });
  const operator = createOperator({ host });
  const handle = operator.open(name);
  if ('address' in source) {
    const { address } = source;
    const reconnect = { firstMs: 20, longestMs: 100 };
    await handle.swap(faultPlugin({ address, healthIntervalMs: 50, reconnect }));
  } else {
    const options = prepared?.loadOptions ?? { config, capabilities: ['log'] };
    await handle.swap(prepared?.source ?? (source as Uint8Array), options);
  }
  return {
    handle,
    isGuard,
    close: async () => {
      await operator.close();
      await host.close();
    },
  };
};

/** A plugin of fault in a child process. */
export interface FaultProcess {
  readonly address: string;
  readonly port: number;
  /** Kills the process. Its connections are not closed first. */
  kill(): Promise<void>;
}

/** Starts `fault-process.js` on a port. Resolves when it listens. */
export const startFaultProcess = async (port = 0): Promise<FaultProcess> => {
  const child: ChildProcess = fork(fileURLToPath(new URL('fault-process.js', import.meta.url)), [
    String(port),
  ]);
  const [bound] = (await once(child, 'message')) as [number];
  return {
    address: `http://127.0.0.1:${bound}`,
    port: bound,
    kill: async () => {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
};
