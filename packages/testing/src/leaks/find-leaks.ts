import type { DispatchOutcome, Plugin } from '@plugwire/runtime';
import { PlugwireUsageError } from '@plugwire/wire';

import { isOutcome } from '../matchers/describe-outcome.ts';
import type { LogSpy } from '../spies/log-spy.ts';
import type { MetricSpy } from '../spies/metric-spy.ts';
import { formsOf, type LeakForm, type SecretForm } from './secret-forms.ts';
import { textsIn } from './texts-in.ts';

/** Where to search. Places that are left out are not searched. */
export interface LeakPlaces {
  readonly logs?: Pick<LogSpy, 'text' | 'lines'>;
  readonly metrics?: Pick<MetricSpy, 'text'>;
  /** Outcomes of dispatches, except `response`, which is payload. */
  readonly outcome?: DispatchOutcome | readonly DispatchOutcome[];
  /** The plugin's identity, metadata and health. */
  readonly plugin?: Plugin;
  /** Any other values that must not contain the secret, such as errors, headers, or answers to clients. */
  readonly others?: Readonly<Record<string, unknown>>;
}

/** A place where the secret was found. It never quotes the text around it. */
export interface Leak {
  /** `logs`, `metrics`, `outcome`, `plugin`, or the key in `others`. */
  readonly place: string;
  /** In which form it was found: plain, escaped, encoded, or only a part. */
  readonly form: LeakForm;
}

/** Options of {@link findLeaks}. */
export interface LeakOptions {
  /** How many consecutive characters of the secret count as a leak. At least 4. Default: 8. Shorter secrets are searched as a whole. */
  readonly partLength?: number;
}

/** Shorter secrets would be found by chance. */
const SHORTEST_SECRET = 4;
const PART_LENGTH = 8;

/**
 * Searches the outputs of a host for a secret: plain, JSON-escaped, percent-encoded, as base64 at any offset, as hex, as a list of bytes, and
 * any eight consecutive characters of it. Resolves to one leak for each place and form; an empty list means that nothing leaked.
 *
 * Rejects with `PlugwireUsageError` `bad_option` for a secret or `partLength` of fewer than 4 characters, which would be found by chance.
 *
 * @example
 * const { plugin, logs, metrics } = test;
 * const outcome = plugin.dispatchSync(sign, requestWith(secret));
 * expect(await findLeaks(secret, { logs, metrics, outcome, plugin })).toEqual([]);
 */
export const findLeaks = async (
  secret: string,
  places: LeakPlaces,
  { partLength = PART_LENGTH }: LeakOptions = {},
): Promise<readonly Leak[]> => {
  if (typeof secret !== 'string' || secret.length < SHORTEST_SECRET || !(partLength >= SHORTEST_SECRET)) {
    throw new PlugwireUsageError(
      'bad_option',
      `findLeaks got a secret or a partLength that is too short: expected at least ${SHORTEST_SECRET} characters, because fewer are found by chance. Use a longer secret.`,
    );
  }
  const forms = formsOf(secret, partLength);
  const leaks: Leak[] = [];
  for (const [place, texts] of await readPlaces(places)) {
    const found = findIn(texts, forms);
    // Parts are reported only if the whole secret was not found.
    const whole = found.filter((form) => form !== 'part');
    for (const form of whole.length > 0 ? whole : found) leaks.push({ place, form });
  }
  return leaks;
};

const readPlaces = async ({
  logs,
  metrics,
  outcome,
  plugin,
  others = {},
}: LeakPlaces): Promise<[place: string, texts: string[]][]> => {
  const places: [string, string[]][] = [];
  if (logs !== undefined) places.push(['logs', [logs.text(), ...textsIn(logs.lines())]]);
  if (metrics !== undefined) places.push(['metrics', [await metrics.text()]]);
  if (outcome !== undefined) places.push(['outcome', [...textsIn([outcome].flat().map(withoutResponse))]]);
  if (plugin !== undefined) {
    const { name, identity, metadata } = plugin;
    places.push(['plugin', [...textsIn({ name, identity, metadata, health: plugin.health() })]]);
  }
  for (const [place, value] of Object.entries(others)) places.push([place, [...textsIn(value)]]);
  return places;
};

const withoutResponse = (outcome: unknown): unknown =>
  isOutcome(outcome) ? { ...outcome, response: undefined } : outcome;

const findIn = (texts: readonly string[], forms: readonly SecretForm[]): LeakForm[] => {
  const lowered = texts.map((text) => text.toLowerCase());
  const found = forms.filter(({ text, ignoresCase }) =>
    (ignoresCase ? lowered : texts).some((each) => each.includes(text)),
  );
  // Without special characters, the plain, JSON and percent-encoded forms are equal. That counts as one leak.
  const kinds = new Map<string, LeakForm>();
  for (const { text, form } of found) if (!kinds.has(text)) kinds.set(text, form);
  return [...new Set(kinds.values())];
};
