import type { MessageSchema } from '@plugwire/wire';

/** The redactor of one message. */
export type Redact = (value: object) => unknown;

/** A message as it may be kept, on the wire. Throws what the redactor throws, and for what does not fit. */
export const redactMessage = (schema: MessageSchema, value: unknown, redact: Redact): object => {
  const copied = schema.fromHost(value);
  if (!copied.ok) throw new TypeError(copied.detail);
  const kept = schema.fromHost(redact(copied.message.host));
  if (!kept.ok) throw new TypeError(kept.detail);
  return kept.message.wire;
};
