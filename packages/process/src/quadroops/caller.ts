import type { CarrierAnswer } from '@plugwire/runtime';

/** How payloads are written where they travel. */
export type PayloadEncoding = 'hex' | 'bytes';

/** What is asked of a plugin of quadroops. */
interface ExecCall {
  readonly command: string;
  readonly payload: Buffer;
  readonly timeLeftMs: number;
  readonly signal: AbortSignal;
  /** The most bytes of the answer. */
  readonly answerBytes: number;
}

/** The bytes of an answer, or why there are none. */
export type ExecAnswer =
  | { readonly ok: true; readonly bytes: Buffer }
  | (CarrierAnswer & { readonly ok: false });

/** Calls a plugin of quadroops, over REST or gRPC. */
export interface Caller {
  /** Whether the plugin answers. Never rejects. */
  ping(timeLeftMs: number): Promise<boolean>;
  /** Never rejects. */
  exec(call: ExecCall): Promise<ExecAnswer>;
  close(): void;
}

/** Reads what a plugin answered in the form that it was agreed to have; `undefined` if it has another. */
export const decodePayload = (text: Buffer, encoding: PayloadEncoding): Buffer | undefined => {
  if (encoding === 'bytes') return text;
  const hex = text.toString('latin1');
  return /^(?:[0-9a-fA-F]{2})*$/.test(hex) ? Buffer.from(hex, 'hex') : undefined;
};
