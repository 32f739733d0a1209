import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** The callbacks of {@link readLines}. */
export interface LineReader {
  /** Receives a line without its line break. `isPart` is true for a part of a line that is too long. */
  line(text: string, isPart: boolean): void;
  /** The stream has ended. A last line without a line break is delivered before. */
  end?(): void;
}

/** Reads a stream to its end as lines of UTF-8, of at most `longest` characters. It always keeps reading, so the writer is never blocked. */
export const readLines = (stream: Readable, longest: number, { line, end }: LineReader): void => {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  let isPart = false;
  const take = (text: string): void => {
    let from = 0;
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', from)) {
      rest += text.slice(from, at);
      flush();
      isPart = false;
      from = at + 1;
    }
    rest += text.slice(from);
    while (rest.length > longest) {
      line(rest.slice(0, longest), true);
      isPart = true;
      rest = rest.slice(longest);
    }
  };
  const flush = (): void => {
    while (rest.length > longest) {
      line(rest.slice(0, longest), true);
      isPart = true;
      rest = rest.slice(longest);
    }
    line(rest.endsWith('\r') ? rest.slice(0, -1) : rest, isPart);
    rest = '';
  };
  stream.on('data', (chunk: Buffer) => take(decoder.write(chunk)));
  let isOver = false;
  const finish = (): void => {
    if (isOver) return;
    isOver = true;
    rest += decoder.end();
    if (rest !== '') flush();
    end?.();
  };
  stream.on('end', finish);
  stream.on('close', finish);
  // A broken pipe is treated as the end.
  stream.on('error', finish);
};
