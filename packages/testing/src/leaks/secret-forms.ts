/** The forms in which a secret can leak. See {@link findLeaks}. */
export const LEAK_FORMS = ['plain', 'json', 'percent', 'base64', 'hex', 'bytes', 'part'] as const;
/** One of {@link LEAK_FORMS}. */
export type LeakForm = (typeof LEAK_FORMS)[number];

/** A text to search for. */
export interface SecretForm {
  readonly form: LeakForm;
  readonly text: string;
  /** Whether upper and lower case are equivalent. The text is then in lower case. */
  readonly ignoresCase: boolean;
}

/** Returns all texts to search for, the whole secret before its parts. */
export const formsOf = (secret: string, partLength: number): readonly SecretForm[] => {
  const bytes = Buffer.from(secret);
  const forms: SecretForm[] = [
    exactly('plain', secret),
    exactly('json', JSON.stringify(secret).slice(1, -1)),
    exactly('json', escapeAll(secret)),
    exactly('percent', encodeURIComponent(bytes.toString())),
    ...[0, 1, 2].flatMap((offset) => base64At(bytes, offset)).map((text) => exactly('base64', text)),
    { form: 'hex', text: bytes.toString('hex'), ignoresCase: true },
    {
      form: 'hex',
      text: [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' '),
      ignoresCase: true,
    },
    ...[',', ', ', ' '].map((separator) => exactly('bytes', bytes.join(separator))),
  ];
  for (let at = 0; at + partLength < secret.length + 1; at += 1) {
    forms.push(exactly('part', secret.slice(at, at + partLength)));
  }
  return forms;
};

const exactly = (form: LeakForm, text: string): SecretForm => ({ form, text, ignoresCase: false });

/** Escapes every character like `\u0041`, as some JSON writers do. */
const escapeAll = (secret: string): string =>
  Array.from(
    { length: secret.length },
    (_, at) => String.raw`\u${secret.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');

/**
 * Returns the part of the base64 and base64url forms that does not depend on the bytes before and after the secret. `offset` is the position
 * of the secret in a group of three bytes.
 */
const base64At = (bytes: Buffer, offset: number): string[] => {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const whole = padded.toString('base64').replaceAll('=', '');
  const from = offset === 0 ? 0 : offset + 1;
  const to = Math.floor((padded.length * 8) / 6);
  const text = whole.slice(from, to);
  return [...new Set([text, text.replaceAll('+', '-').replaceAll('/', '_')])];
};
