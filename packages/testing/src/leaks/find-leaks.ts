import type { DispatchOutcome, Plugin } from '@plugwire/runtime';
import { PlugwireUsageError } from '@plugwire/wire';

import { isOutcome } from '../matchers/describe-outcome.ts';
import type { LogSpy } from '../spies/log-spy.ts';
import type { MetricSpy } from '../spies/metric-spy.ts';
import { formsOf, type LeakForm, type SecretForm } from './secret-forms.ts';
import { textsIn } from './texts-in.ts';

/** Where to look. What is left out is not looked at. */
export interface LeakPlaces {
  readonly logs?: Pick<LogSpy, 'text' | 'lines'>;
  readonly metrics?: Pick<MetricSpy, 'text'>;
  /** Outcomes of dispatches: all but `response`, which is payload and meant to be. */
  readonly outcome?: DispatchOutcome | readonly DispatchOutcome[];
  /** Its identity, metadata and health. */
  readonly plugin?: Plugin;
  /** Anything else that must not hold the secret: errors, headers, answers to clients. */
  readonly others?: Readonly<Record<string, unknown>>;
}

/** A trace of the secret. It never quotes what stands around it. */
export interface Leak {
  /** `logs`, `metrics`, `outcome`, `plugin`, or the key in `others`. */
  readonly place: string;
  /** How it stands there: as it is, escaped, encoded, or a part of it alone. */
  readonly form: LeakForm;
}

/** What counts as a leak. */
export interface LeakOptions {
  /** How many characters of the secret in a row are a leak, 8 unless told otherwise. Shorter secrets leak as a whole. */
  readonly partLength?: number;
}

/** Below this, chance alone finds a secret. */
const SHORTEST_SECRET = 4;
const PART_LENGTH = 8;

/**
 * Looks for a secret in what a host lets out: as it is, JSON-escaped, percent-encoded, as base64 at any offset, as hex, as a
 * list of bytes, and any eight characters of it in a row. Gives the traces, one for each place and form; none is good.
 *
 * Rejects with `PlugwireUsageError` `bad_option` for a secret of fewer than 4 characters, which is found by chance.
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
      `findLeaks needs a secret, and a partLength, of at least ${SHORTEST_SECRET} characters: less is found by chance.`,
    );
  }
  const forms = formsOf(secret, partLength);
  const leaks: Leak[] = [];
  for (const [place, texts] of await readPlaces(places)) {
    const found = findIn(texts, forms);
    // Whatever holds the whole secret holds its parts.
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
  // A secret without special characters is the same plain, in JSON and percent-encoded: that is one leak.
  const kinds = new Map<string, LeakForm>();
  for (const { text, form } of found) if (!kinds.has(text)) kinds.set(text, form);
  return [...new Set(kinds.values())];
};
