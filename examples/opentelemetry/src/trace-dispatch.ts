import { SpanStatusCode, trace } from '@opentelemetry/api';
import type { Dispatches, HandleDispatchOptions } from '@plugwire/operate';
import type { DispatchOutcome } from '@plugwire/runtime';
import type { RequestOf, WireFunction } from '@plugwire/wire';

/**
 * Dispatches in a separate span, which records the duration and the outcome. A span costs more than a small call, so use it only for the
 * functions that you want to observe. Never throws.
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
