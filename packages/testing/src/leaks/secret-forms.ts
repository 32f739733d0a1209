/** The forms in which a secret can leave its traces. */
export const LEAK_FORMS = ['plain', 'json', 'percent', 'base64', 'hex', 'bytes', 'part'] as const;
/** One of {@link LEAK_FORMS}. */
export type LeakForm = (typeof LEAK_FORMS)[number];

/** A text to look for. `ignoresCase`: where both cases mean the same. */
export interface SecretForm {
  readonly form: LeakForm;
  readonly text: string;
  readonly ignoresCase: boolean;
}

/** Everything to look for, whole forms before parts. */
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

/** `\u0041` and the like for every character, as cautious writers do it. */
const escapeAll = (secret: string): string =>
  Array.from(
    { length: secret.length },
    (_, at) => String.raw`\u${secret.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');

/**
 * What of base64, and of its form for URLs, is the same whatever stands before and after the secret, if it begins so many
 * bytes into a group of three.
 */
const base64At = (bytes: Buffer, offset: number): string[] => {
  const padded = Buffer.concat([Buffer.alloc(offset), bytes]);
  const whole = padded.toString('base64').replaceAll('=', '');
  const from = offset === 0 ? 0 : offset + 1;
  const to = Math.floor((padded.length * 8) / 6);
  const text = whole.slice(from, to);
  return [...new Set([text, text.replaceAll('+', '-').replaceAll('/', '_')])];
};
