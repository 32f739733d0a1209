import { readFile } from 'node:fs/promises';

import { CommandError } from '../base/failure.ts';
import { type BenchResult, benchForm } from './bench-result.ts';

/** Reads what `plugwire bench --json` printed. Throws `CommandError` `input` for anything else; errors of the system. */
export const readResult = async (file: string): Promise<BenchResult> => {
  const text = await readFile(file, 'utf8');
  const parsed = benchForm.safeParse(parse(text));
  if (parsed.success) return parsed.data;
  throw new CommandError(
    'input',
    `${file}: it is not a result of plugwire bench: expected what plugwire bench --json prints.`,
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
