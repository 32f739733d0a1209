import { CommandError } from '../base/failure.ts';
import { parseAdminUrl, unreachable } from '../status/read-status.ts';

/** How long a server may take until it begins to answer, in milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * Asks an admin server for what it has recorded: `GET URL/recordings`, lines of JSON. Reads at most so many bytes.
 *
 * Throws `CommandError`: `usage` for what is not a URL, `system` if nobody answers, or not with recordings.
 */
export const fetchRecordings = async (origin: string, mostBytes: number): Promise<string> => {
  const url = parseAdminUrl(origin, 'recordings');
  let response: Response;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch (error) {
    throw unreachable(url, error);
  }
  if (!response.ok || response.body === null) {
    throw new CommandError(
      'system',
      `${url.href}: the server answers ${response.status}, expected recordings. Is this the admin server of a host that records?`,
      'no_recordings',
    );
  }
  try {
    return await readWithin(response.body, url, mostBytes);
  } catch (error) {
    throw error instanceof CommandError ? error : unreachable(url, error);
  }
};

const readWithin = async (body: AsyncIterable<Uint8Array>, url: URL, mostBytes: number): Promise<string> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw tooLarge(url.href, mostBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};

/** What a command ends with that was given more than it reads. */
export const tooLarge = (source: string, mostBytes: number): CommandError =>
  new CommandError(
    'input',
    `${source}: the recordings have more than ${mostBytes} bytes. Record less, or allow more with --bytes.`,
    'too_large',
  );
