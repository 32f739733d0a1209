import type { MessageSchema } from '@plugwire/wire';

/** The redactor of one message. */
export type Redact = (value: object) => unknown;

/** Returns the redacted message in its wire form. Throws what the redactor throws, and an error if the result does not fit the schema. */
export const redactMessage = (schema: MessageSchema, value: unknown, redact: Redact): object => {
  const copied = schema.fromHost(value);
  if (!copied.ok) throw new TypeError(copied.detail);
  const kept = schema.fromHost(redact(copied.message.host));
  if (!kept.ok) throw new TypeError(kept.detail);
  return kept.message.wire;
};
