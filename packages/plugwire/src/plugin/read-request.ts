import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import { type DescribedJson, parseExactJson } from '@plugwire/wire';

import { CommandError } from '../base/failure.ts';
import type { Terminal } from '../output/terminal.ts';

/**
 * Reads a request as it is on the wire: from a file, from the standard input for `-`, or the sample if nothing is given. `_v` may be
 * there; the call adds its own.
 *
 * Throws `CommandError`: `usage` for `-` on a terminal, `input` for what is not a JSON object; errors of the system.
 */
export const readRequest = async (
  source: string | undefined,
  sample: DescribedJson,
  stdin: Terminal['stdin'],
): Promise<object> => {
  if (source === undefined) return sample as object;
  if (source === '-' && stdin.isTTY === true)
    throw new CommandError(
      'usage',
      'the request is to come from the standard input, which is a terminal: pipe it.',
    );
  const parsed = parse(source === '-' ? await text(stdin) : await readFile(source, 'utf8'));
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
    const { _v, ...request } = parsed as Record<string, unknown>;
    return request;
  }
  const where = source === '-' ? 'the standard input' : source;
  throw new CommandError(
    'input',
    `${where}: the request is not a JSON object: expected one such as the sample.`,
    'bad_request',
  );
};

const parse = (content: string): unknown => {
  try {
    return parseExactJson(content.replace(/^\uFEFF/, ''), 'all');
  } catch {
    return undefined;
  }
};
