import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { type Attributes, metrics, trace } from '@opentelemetry/api';
import { CHANNELS } from '@plugwire/runtime';

const SCOPE = 'plugwire';

/**
 * Reports what happens to the plugins of this process to OpenTelemetry: as an event on the active span, if there is one, and as a counter or
 * a gauge. Plugins run in the thread of their caller, so the active span is that of the request. Only names and codes are reported.
 *
 * Call it once, after you have set up the SDK. Returns a function that stops the reports.
 *
 * @example
 * const stop = tracePlugins();
 */
export const tracePlugins = (): (() => void) => {
  const meter = metrics.getMeter(SCOPE);
  const loads = meter.createCounter('plugwire.loads', {
    description: 'Plugins that were loaded or refused.',
  });
  const failures = meter.createCounter('plugwire.dispatch.failures', {
    description: 'Dispatches that fell back.',
  });
  const swaps = meter.createCounter('plugwire.swaps', {
    description: 'Swaps of a plugin to another version.',
  });
  const breakers = meter.createGauge('plugwire.breaker.state', {
    description: 'The breaker of a plugin: 0 closed, 1 half open, 2 open.',
  });

  const onLoad = ({ plugin, version, sha256, stage = 'ok', code = 'ok' }: LoadMessage): void => {
    loads.add(1, attributes({ plugin, stage, code }));
    note('load', { plugin, version, sha256, stage, code });
  };
  const onFailure = ({ plugin, function: name, stage, code, policy }: FailureMessage): void => {
    failures.add(1, attributes({ plugin, function: name, stage, code, policy }));
    note('dispatch_failed', { plugin, function: name, stage, code, policy });
  };
  const onBreaker = ({ plugin, state }: BreakerMessage): void => {
    breakers.record(BREAKER_STATES.indexOf(state), attributes({ plugin }));
    note('breaker', { plugin, state });
  };
  const onSwap = ({ plugin, from, to, how }: SwapMessage): void => {
    swaps.add(1, attributes({ plugin, how }));
    note('swap', { plugin, how, from: from?.version, to: to.version, sha256: to.sha256 });
  };

  const listeners = [
    [CHANNELS.load, (message: unknown) => onLoad(message as LoadMessage)],
    [CHANNELS.dispatchFailed, (message: unknown) => onFailure(message as FailureMessage)],
    [CHANNELS.breaker, (message: unknown) => onBreaker(message as BreakerMessage)],
    [CHANNELS.swap, (message: unknown) => onSwap(message as SwapMessage)],
  ] as const;
  for (const [channel, listen] of listeners) subscribe(channel, listen);
  return () => {
    for (const [channel, listen] of listeners) unsubscribe(channel, listen);
  };
};

/** The published messages: see the table in docs/operate.md. */
interface LoadMessage {
  readonly plugin: string | undefined;
  readonly version?: string;
  readonly sha256?: string;
  /** The stage and code of a refused load. */
  readonly stage?: string;
  readonly code?: string;
}
interface FailureMessage {
  readonly plugin: string;
  readonly function: string;
  readonly stage: string;
  readonly code: string;
  readonly policy: string;
}
interface BreakerMessage {
  readonly plugin: string;
  readonly state: (typeof BREAKER_STATES)[number];
}
interface SwapMessage {
  readonly plugin: string;
  readonly from: { readonly version: string } | undefined;
  readonly to: { readonly version: string; readonly sha256: string };
  readonly how: string;
}

const BREAKER_STATES = ['closed', 'half_open', 'open'] as const;

const note = (event: string, fields: Readonly<Record<string, string | undefined>>): void => {
  trace.getActiveSpan()?.addEvent(`plugwire.${event}`, attributes(fields));
};

/** Prefixes the attribute names with `plugwire.`, and omits undefined values. */
const attributes = (fields: Readonly<Record<string, string | undefined>>): Attributes =>
  Object.fromEntries(
    Object.entries(fields).flatMap(([key, value]) =>
      value === undefined ? [] : [[`plugwire.${key}`, value]],
    ),
  );
