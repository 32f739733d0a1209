import type { IdentityPlace, Inspection } from './inspect-module.ts';
import type { Prepared, PrepareOptions } from './prepare-module.ts';
import type { Warmable } from './warm-module.ts';

/** A task for the load thread. The bytes are transferred to it. After an inspection they are transferred back. */
export type LoadTask =
  | { readonly kind: 'inspect'; readonly bytes: Uint8Array<ArrayBuffer>; readonly place: IdentityPlace }
  | { readonly kind: 'prepare'; readonly bytes: Uint8Array<ArrayBuffer>; readonly options: PrepareOptions }
  | ({ readonly kind: 'warm' } & Warmable);

/** A task and its number. */
export interface LoadRequestMessage {
  readonly number: number;
  readonly task: LoadTask;
}

/** An inspection, with the bytes. */
export interface Inspected extends Inspection {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What the load thread sends: `ready` first, with a module that proves that modules can be posted, then the answers to tasks. */
export type LoadReplyMessage =
  | { readonly kind: 'ready'; readonly proof: unknown }
  | { readonly kind: 'inspected'; readonly number: number; readonly inspected: Inspected }
  | { readonly kind: 'prepared'; readonly number: number; readonly prepared: Prepared }
  | { readonly kind: 'warmed'; readonly number: number };
