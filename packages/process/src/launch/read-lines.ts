import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';

/** What becomes of output. */
export interface LineReader {
  /** A line without its end; `isPart` for a piece of one that is longer than a line may be. */
  line(text: string, isPart: boolean): void;
  /** Nothing more comes. What has no line end is a line too, and comes before. */
  end?(): void;
}

/** Reads a stream to its end, so that its writer is never blocked, as lines of UTF-8 of at most `longest` characters. */
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
  // A pipe that breaks is one that has ended.
  stream.on('error', finish);
};
