import type { CarrierAnswer } from '@plugwire/runtime';

/** The encoding of a payload on the wire. */
export type PayloadEncoding = 'hex' | 'bytes';

/** One call of a quadroops plugin. */
interface ExecCall {
  readonly command: string;
  readonly payload: Buffer;
  readonly timeLeftMs: number;
  readonly signal: AbortSignal;
  /** The most bytes of the response. */
  readonly answerBytes: number;
}

/** The bytes of a response, or the failure. */
export type ExecAnswer =
  | { readonly ok: true; readonly bytes: Buffer }
  | (CarrierAnswer & { readonly ok: false });

/** Calls a quadroops plugin over REST or gRPC. */
export interface Caller {
  /** Whether the plugin responds to a ping. Never rejects. */
  ping(timeLeftMs: number): Promise<boolean>;
  /** Never rejects. */
  exec(call: ExecCall): Promise<ExecAnswer>;
  close(): void;
}

/** Decodes the payload of a response. Returns `undefined` if it does not have the given encoding. */
export const decodePayload = (text: Buffer, encoding: PayloadEncoding): Buffer | undefined => {
  if (encoding === 'bytes') return text;
  const hex = text.toString('latin1');
  return /^(?:[0-9a-fA-F]{2})*$/.test(hex) ? Buffer.from(hex, 'hex') : undefined;
};
