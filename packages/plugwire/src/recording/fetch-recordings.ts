import { CommandError } from '../base/failure.ts';
import { parseAdminUrl, unreachable } from '../status/read-status.ts';

/** How long a server may take to start its response, in milliseconds. */
const PATIENCE_MS = 10_000;

/**
 * Downloads recordings from an admin server: `GET URL/recordings`, lines of JSON. Reads at most `mostBytes` bytes.
 *
 * Rejects with `CommandError`: `usage` if `origin` is not a URL, `system` if the server cannot be reached or does not return recordings.
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
      `${url.href}: the server responded with ${response.status}, expected recordings. Pass the address of the admin server of a host that records.`,
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

/** The error for recordings that are larger than the limit. */
export const tooLarge = (source: string, mostBytes: number): CommandError =>
  new CommandError(
    'input',
    `${source}: the recordings are larger than ${mostBytes} bytes. Record less, or pass a larger --bytes.`,
    'too_large',
  );
