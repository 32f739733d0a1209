import type { CarrierFactory, HostLogger, PluginHost } from '@plugwire/runtime';
import { PlugwireUsageError, showType } from '@plugwire/wire';

import { explainFunctions, type FunctionExplanation } from './explain.ts';
import { createHandle } from './handle/create-handle.ts';
import type { HandleHealth, PluginHandle } from './handle/plugin-handle.ts';
import { OperateError } from './operate-error.ts';
import type { Registry } from './registry/open-registry.ts';

/** What an operator works with. */
export interface OperatorOptions {
  /** Where plugins are loaded. Close it after the operator, or let the operator close what it opened alone. */
  readonly host: Pick<PluginHost, 'openSlot' | 'functions'>;
  /** Where modules and what was found out about them are kept, so that a restart needs no handshakes. See `openRegistry`. */
  readonly registry?: Registry;
  /** A pino logger, most often the host’s. */
  readonly logger?: HostLogger;
  /** What starts the plugins of a configuration file that are no modules, by the name that the file has for it. */
  readonly carriers?: Readonly<Record<string, CarrierFactory>>;
}

/** How all names are: a plain object, fit for a readiness probe. */
export interface OperatorHealth {
  /** `ready` if every name that is not disabled has a version that serves and runs, and a breaker that is not open. */
  readonly status: 'ready' | 'degraded' | 'closed';
  readonly plugins: readonly HandleHealth[];
}

/** The plugins of a host by the operator’s names. */
export interface Operator {
  /**
   * Opens a name. Nothing is loaded yet: its dispatches give the contract’s fallback with `not_loaded` until the first swap.
   *
   * Throws `OperateError` `name_taken` or `handle_closed`, `PlugwireUsageError` `bad_option`, `PluginLoadError` `name_in_use`.
   */
  open(name: string): PluginHandle;
  /** The handle of a name. Throws `OperateError` `unknown_name`. */
  get(name: string): PluginHandle;
  /** What starts plugins of a configuration that are no modules. */
  readonly carriers: Readonly<Record<string, CarrierFactory>>;
  /** The names that are open, in the order in which they were opened. */
  names(): readonly string[];
  health(): OperatorHealth;
  /** What a request of each function gets where it fails, as data. Throws `OperateError` `unknown_name`. */
  explain(name: string): readonly FunctionExplanation[];
  /** Closes every handle. Never rejects. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Creates an operator over a host: handles that outlive versions, swaps without a lost call, canaries, health.
 *
 * Throws `PlugwireUsageError` `bad_option` for what is no host.
 *
 * @example
 * const operator = createOperator({ host: createPluginHost({ functions: [greet] }) });
 * const greeter = operator.open('greeter');
 * await greeter.swap('./greeter-1.wasm');
 * greeter.dispatchSync(greet, { name: 'Ada' });
 * await greeter.swap('./greeter-2.wasm'); // no call is lost
 * greeter.rollBack();
 */
export const createOperator = ({ host, registry, logger, carriers = {} }: OperatorOptions): Operator => {
  if (typeof host?.openSlot !== 'function') {
    throw new PlugwireUsageError(
      'bad_option',
      `host is ${showType(host)}: expected what createPluginHost returns.`,
    );
  }
  const handles = new Map<string, PluginHandle>();
  let isClosed = false;

  const close = async (): Promise<void> => {
    isClosed = true;
    await Promise.all([...handles.values()].map(async (handle) => await handle.close()));
  };

  const get = (name: string): PluginHandle => {
    const handle = handles.get(name);
    if (handle !== undefined) return handle;
    const known = [...handles.keys()].join(', ') || 'none';
    throw new OperateError(
      'unknown_name',
      `no plugin is called ${JSON.stringify(name)}: expected one of ${known}.`,
    );
  };

  return {
    open: (name) => {
      if (isClosed) throw new OperateError('handle_closed', 'the operator is closed: create another.');
      if (handles.has(name))
        throw new OperateError('name_taken', `the name "${name}" is open already: use get("${name}").`);
      const slot = host.openSlot(name);
      const handle = createHandle({ slot, registry, logger, onClose: () => handles.delete(name) });
      handles.set(name, handle);
      return handle;
    },
    carriers,
    get,
    explain: (name) => explainFunctions(host, get(name).health()),
    names: () => [...handles.keys()],
    health: () => {
      const plugins = [...handles.values()].map((handle) => handle.health());
      return { status: isClosed ? 'closed' : plugins.every(isReady) ? 'ready' : 'degraded', plugins };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
};

const isReady = ({ state, status, breaker }: HandleHealth): boolean =>
  state === 'disabled' || (state === 'serving' && status !== 'down' && breaker !== 'open');
