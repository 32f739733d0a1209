import { readFile, stat } from 'node:fs/promises';

import { parseRecordings, PlugwireUsageError, type Recording } from '@plugwire/runtime';

import { CommandError } from '../base/failure.ts';
import { fetchRecordings, tooLarge } from './fetch-recordings.ts';

/** Which recordings to select, and how many calls of each. */
export interface RecordingFilter {
  /** The operator’s name for the plugin; all plugins by default. */
  readonly plugin?: string | undefined;
  readonly function?: string | undefined;
  /** Selects only this many latest calls of each recording; all by default. */
  readonly calls?: number | undefined;
  /** The most bytes to read. */
  readonly bytes: number;
}

/** The default limit for the size of recordings: 64 MiB. */
export const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Reads recordings from the admin server of a host if the source starts with `http:` or `https:`, otherwise from a file.
 *
 * Rejects with `CommandError` `input` if the source is not a recording or is too large, and with the code `nothing_recorded` if no call
 * matches the filter. Rejects with the error of the system if the file cannot be read.
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
    `${source}: no recorded call matches. ${known === '' ? 'Nothing is recorded: set the recordings of the host.' : `There are recordings of ${known}.`}`,
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
