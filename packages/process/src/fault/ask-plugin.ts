import { callError, type CarrierAnswer, type DispatchError } from '@plugwire/runtime';
import { stageFailure } from '@plugwire/wire';

import type { GrpcConnection } from '../grpc/grpc-connection.ts';
import { readStatus } from '../grpc/read-status.ts';
import type { FaultMethod } from './plugin-service.ts';

/** The limits of one call. */
export interface AskLimits {
  readonly timeLeftMs: number;
  readonly signal: AbortSignal;
  /** The most bytes of the response. */
  readonly answerBytes: number;
}

/** The response of a plugin, or the failure. */
export type Asked<Response> =
  | { readonly ok: true; readonly answer: Response; readonly bytes: number }
  | (CarrierAnswer & { readonly ok: false });

/** Makes one call of fault's service. Never rejects. */
export const askPlugin = async <Request extends object, Response extends object>(
  connection: GrpcConnection,
  { path, read }: FaultMethod<Request, Response>,
  request: Uint8Array,
  limits: AskLimits,
): Promise<Asked<Response>> => {
  const answered = await connection.call({
    path,
    requestStream: false,
    responseStream: false,
    parts: [request],
    ...limits,
  });
  if (!answered.ok)
    return readStatus(answered.status, answered.details) as CarrierAnswer & { readonly ok: false };
  const part = answered.parts[0] ?? new Uint8Array();
  try {
    return { ok: true, answer: read(part), bytes: part.length };
  } catch {
    return { ok: false, error: NOT_PROTOBUF };
  }
};

const asError = ({ stage, code, message }: DispatchError): DispatchError => ({ stage, code, message });

const NOT_PROTOBUF = asError(
  stageFailure(
    'deserialize_response',
    'not_protobuf',
    'response: not the message that the .proto of fault declares',
  ),
);

/** The failure of a call that was not sent, because the plugin is not connected. */
export const AWAY: CarrierAnswer = {
  ok: false,
  error: callError('not_connected', 'the host retries until the health check of the plugin succeeds'),
  isUntouched: true,
};
