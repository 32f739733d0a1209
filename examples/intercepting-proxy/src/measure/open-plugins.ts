import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { createOperator } from '@plugwire/operate';
import { faultPlugin } from '@plugwire/process';
import { createPluginHost, type HostLogger } from '@plugwire/runtime';
import type { PreparedPlugin } from '@plugwire/testing';
import { guardedInterceptFunctions, interceptFunctions } from '@plugwire/wire/intercept';

import type { InterceptPlugin } from '../intercept-plugin.ts';

/** A plugin of a script, with what closes it. */
export interface OpenPlugin extends InterceptPlugin {
  close(): Promise<void>;
}

export interface OpenOptions {
  readonly isGuard?: boolean;
  readonly config?: Readonly<Record<string, string>>;
  readonly logger?: HostLogger;
}

/** A module that is here, one that a test made, or the address of a plugin of fault. */
export type Source = Uint8Array | PreparedPlugin | { readonly address: string };

/** Opens a plugin in a host of its own, so that each may be a guard or none. */
export const openPlugin = async (
  name: string,
  source: Source,
  { isGuard = false, config = {}, logger }: OpenOptions = {},
): Promise<OpenPlugin> => {
  const prepared = 'prepare' in source ? source : undefined;
  const host = createPluginHost({
    functions: isGuard ? guardedInterceptFunctions : interceptFunctions,
    // A deadline is wall time, and scripts share the thread with the peers of the proxy.
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

/** A plugin of fault in a process of its own. */
export interface FaultProcess {
  readonly address: string;
  readonly port: number;
  /** Ends it at once, without a word to anybody. */
  kill(): Promise<void>;
}

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
