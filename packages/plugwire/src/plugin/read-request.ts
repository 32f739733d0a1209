import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import { type DescribedJson, parseExactJson } from '@plugwire/wire';

import { CommandError } from '../base/failure.ts';
import type { Terminal } from '../output/terminal.ts';

/**
 * Reads a request in the format of the wire: from a file, or from the standard input for `-`. Returns the sample if nothing is given. A
 * `_v` in the request is ignored, because the call adds its own.
 *
 * Rejects with `CommandError`: `usage` for `-` on a terminal, `input` if the text is not a JSON object. Rejects with the error of the system
 * if the file cannot be read.
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
      '--request - reads the standard input, which is a terminal. Pipe the request into the command.',
    );
  const parsed = parse(source === '-' ? await text(stdin) : await readFile(source, 'utf8'));
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) {
    const { _v, ...request } = parsed as Record<string, unknown>;
    return request;
  }
  const where = source === '-' ? 'the standard input' : source;
  throw new CommandError(
    'input',
    `${where}: the request is not a JSON object. Expected an object like the sample of the contract.`,
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
