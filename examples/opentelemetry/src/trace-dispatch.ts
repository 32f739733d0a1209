import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { Dispatches, HandleDispatchOptions } from '@plugwire/operate';
import type { DispatchOutcome } from '@plugwire/runtime';
import type { RequestOf, WireFunction } from '@plugwire/wire';

/**
 * Dispatches within a span of its own: how long it took, and how it ended. A span costs more than a small call: give one to the functions that
 * you look at. Never throws.
 *
 * @example
 * const outcome = traceDispatch(operator.get('greeter'), greet, { name: 'Ada' });
 */
export const traceDispatch = <Contract extends WireFunction>(
  plugin: Pick<Dispatches, 'dispatchSync'> & { readonly name: string },
  contract: Contract,
  request: RequestOf<Contract>,
  options?: HandleDispatchOptions,
): DispatchOutcome<Contract> =>
  trace.getTracer('plugwire').startActiveSpan(`plugin ${plugin.name} ${contract.name}`, (span) => {
    const outcome = plugin.dispatchSync(contract, request, options);
    span.setAttribute('plugwire.outcome', outcome.kind);
    if (outcome.kind === 'fallback') {
      const { stage, code } = outcome.error;
      span.setStatus({ code: SpanStatusCode.ERROR, message: `${stage}/${code}` });
    }
    span.end();
    return outcome;
  });
