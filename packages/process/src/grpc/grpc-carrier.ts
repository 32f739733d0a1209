import { callError, type CallCode, type Carrier, type CarrierAnswer } from '@plugwire/runtime';
import type { WireFunction } from '@plugwire/wire';

import { within } from '../launch/start-process.ts';
import type { GrpcAnswer, GrpcConnection } from './grpc-connection.ts';
import type { GrpcFunction } from './grpc-function.ts';
import type { GrpcService } from './grpc-service.ts';
import { readStatus } from './read-status.ts';

/** A process that serves calls over gRPC. */
export interface Callee {
  readonly connection: GrpcConnection;
  readonly ended: Promise<unknown>;
  isEnded(): boolean;
  /** The broker, through which the plugin calls services of the host. */
  readonly broker?: { serve(service: GrpcService): Promise<number> };
}

/** How long a failed call waits for the event that the process has ended, in milliseconds. The two events come in any order. */
const EXIT_MS = 100;

/** Creates a carrier that sends messages over gRPC to the current process. */
export const createGrpcCarrier = (
  functions: readonly GrpcFunction[],
  callee: () => Callee | undefined,
): Carrier => {
  const bound = new Map<WireFunction, GrpcFunction>(functions.map((each) => [each.contract, each]));
  return {
    call: async ({ contract, message, limits, timeLeftMs, signal }) => {
      const to = callee();
      const { method, callbacks, write, read } = bound.get(contract) as GrpcFunction;
      if (to === undefined) return failure('process_exited');
      const numbers = await announce(callbacks, to);
      if (numbers === 'unserved')
        return failure('not_connected', 'the host services that the call passes cannot be started');
      const written = write(message, numbers);
      if (!written.ok) return written;
      const { parts } = written;
      const bytes = parts.reduce((sum, part) => sum + part.length, 0);
      if (bytes > limits.requestBytes)
        return failure('request_too_large', `${bytes} bytes, at most ${limits.requestBytes}`);
      const answer = await to.connection.call({
        ...method,
        parts,
        timeLeftMs,
        signal,
        answerBytes: limits.outputBytes,
      });
      return answer.ok ? read(answer.parts, limits.outputNodes) : await explain(answer, to, timeLeftMs);
    },
  };
};

const failure = (code: CallCode, detail?: string): CarrierAnswer => ({
  ok: false,
  error: callError(code, detail),
});

const announce = async (
  callbacks: GrpcFunction['callbacks'],
  { broker }: Callee,
): Promise<Readonly<Record<string, number>> | 'unserved' | undefined> => {
  const services = Object.entries(callbacks);
  if (services.length === 0) return undefined;
  if (broker === undefined) return 'unserved';
  try {
    const numbers = await Promise.all(
      services.map(async ([field, service]) => [field, await broker.serve(service)] as const),
    );
    return Object.fromEntries(numbers);
  } catch {
    return 'unserved';
  }
};

const explain = async (
  { status, details }: GrpcAnswer & { readonly ok: false },
  to: Callee,
  timeLeftMs: number,
): Promise<CarrierAnswer> => {
  const read = readStatus(status, details);
  const mayHaveEnded = !read.ok && (read.error.code === 'not_connected' || read.error.code === 'call_failed');
  if (mayHaveEnded && !to.isEnded()) await within(Math.min(EXIT_MS, timeLeftMs / 2), to.ended);
  return mayHaveEnded && to.isEnded() ? failure('process_exited') : read;
};
