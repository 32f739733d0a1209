import type { CarrierFactory, HostLogger, PluginHost } from '@plugwire/runtime';
import { PlugwireUsageError, showType } from '@plugwire/wire';

import { explainFunctions, type FunctionExplanation } from './explain.ts';
import { createHandle } from '../handle/create-handle.ts';
import type { HandleHealth, PluginHandle } from '../handle/plugin-handle.ts';
import { OperateError } from '../base/operate-error.ts';
import type { Registry } from '../registry/open-registry.ts';

/** Options of {@link createOperator}. */
export interface OperatorOptions {
  /** The host that loads the plugins. The operator does not close it. Close it after the operator. */
  readonly host: Pick<PluginHost, 'openSlot' | 'functions'>;
  /** Stores modules and their metadata, so that a restart needs no handshakes. See `openRegistry`. */
  readonly registry?: Registry;
  /** A pino logger, usually the host’s. Without it the operator logs nothing. */
  readonly logger?: HostLogger;
  /** Factories for plugins of a configuration file that are not modules, by the name of the carrier in the file. */
  readonly carriers?: Readonly<Record<string, CarrierFactory>>;
}

/** The state of all names, as a plain object for a readiness probe. */
export interface OperatorHealth {
  /** `ready` if every name that is not disabled has a version that serves and runs, and a breaker that is not open. */
  readonly status: 'ready' | 'degraded' | 'closed';
  readonly plugins: readonly HandleHealth[];
}

/** Operates the plugins of a host under stable names. */
export interface Operator {
  /**
   * Opens a name without loading a plugin. Until the first swap its dispatches return the contract’s fallback with the code `not_loaded`.
   *
   * Throws `OperateError` `name_taken` or `handle_closed`, `PlugwireUsageError` `bad_option`, `PluginLoadError` `name_in_use`.
   */
  open(name: string): PluginHandle;
  /** Returns the handle of a name. Throws `OperateError` `unknown_name`. */
  get(name: string): PluginHandle;
  /** Factories for plugins of a configuration that are not modules. */
  readonly carriers: Readonly<Record<string, CarrierFactory>>;
  /** Returns the open names, in the order in which they were opened. */
  names(): readonly string[];
  health(): OperatorHealth;
  /** Returns what callers get if a dispatch fails, for each function and stage. Throws `OperateError` `unknown_name`. */
  explain(name: string): readonly FunctionExplanation[];
  /** Closes every handle. Never rejects. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Creates an operator for a host. It has stable handles for changing versions, swaps without lost calls, canaries and health.
 *
 * Throws `PlugwireUsageError` `bad_option` if `host` is not a host.
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
      `there is no plugin ${JSON.stringify(name)}: expected one of ${known}. Correct the name, or open it first.`,
    );
  };

  return {
    open: (name) => {
      if (isClosed) throw new OperateError('handle_closed', 'the operator is closed: create another.');
      if (handles.has(name))
        throw new OperateError('name_taken', `the name "${name}" is already open: use get("${name}").`);
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
