import { readFile } from 'node:fs/promises';

import { CommandError } from '../base/failure.ts';
import { type BenchResult, benchForm } from './bench-result.ts';

/**
 * Reads a result that `plugwire bench --json` printed. Rejects with `CommandError` `input` for anything else, and with the error of the
 * system if the file cannot be read.
 */
export const readResult = async (file: string): Promise<BenchResult> => {
  const text = await readFile(file, 'utf8');
  const parsed = benchForm.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  throw new CommandError(
    'input',
    `${file}: not a result of plugwire bench. Expected a file that plugwire bench --json printed.`,
    'not_a_result',
  );
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
