import { readFile, stat } from 'node:fs/promises';

import { parseRecordings, PlugwireUsageError, type Recording } from '@plugwire/runtime';

import { CommandError } from '../base/failure.ts';
import { fetchRecordings, tooLarge } from './fetch-recordings.ts';

/** Which recordings are wanted, and how much of them. */
export interface RecordingFilter {
  /** The operator’s name for the plugin; all by default. */
  readonly plugin?: string | undefined;
  readonly function?: string | undefined;
  /** The latest calls of each recording; all by default. */
  readonly calls?: number | undefined;
  /** The most bytes that are read. */
  readonly bytes: number;
}

/** How many bytes of recordings are read unless the command line says otherwise: 64 MiB. */
export const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Reads recordings from the admin server of a host, for a source that begins with `http:` or `https:`, or from a file.
 *
 * Throws `CommandError`: `input` for what is no recording or too large, and `nothing_recorded` if nothing fits the filter; errors of the
 * system.
 */
export const readRecordings = async (
  source: string,
  { plugin, function: called, calls, bytes }: RecordingFilter,
): Promise<readonly Recording[]> => {
  const isUrl = /^https?:\/\//i.test(source);
  const found = parse(source, isUrl ? await fetchRecordings(source, bytes) : await readWithin(source, bytes));
  const wanted = found.filter(
    ({ header }) =>
      (plugin === undefined || header.plugin === plugin) &&
      (called === undefined || header.function === called),
  );
  const kept = wanted
    .map(({ header, skipped, calls: all }) => ({ header, skipped, calls: lastOf(all, calls) }))
    .filter((recording) => recording.calls.length > 0);
  if (kept.length > 0) return kept;
  const known = [...new Set(found.map(({ header }) => `${header.plugin} ${header.function}`))].join(', ');
  throw new CommandError(
    'input',
    `${source}: no call that is wanted was recorded. ${known === '' ? 'The host records nothing: give it recordings.' : `There are recordings of ${known}.`}`,
    'nothing_recorded',
  );
};

const lastOf = <Item>(items: readonly Item[], count: number | undefined): readonly Item[] =>
  count === undefined ? items : items.slice(-count);

const readWithin = async (file: string, mostBytes: number): Promise<string> => {
  const { size } = await stat(file);
  if (size > mostBytes) throw tooLarge(file, mostBytes);
  return await readFile(file, 'utf8');
};

const parse = (source: string, text: string): readonly Recording[] => {
  try {
    return parseRecordings(text);
  } catch (error) {
    if (!(error instanceof PlugwireUsageError)) throw error;
    throw new CommandError('input', `${source}: ${error.message}`, error.code);
  }
};
