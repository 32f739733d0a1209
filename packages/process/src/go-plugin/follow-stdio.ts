import { PassThrough } from 'node:stream';

import { Metadata } from '@grpc/grpc-js';
import type { GuestWords } from '@plugwire/runtime';

import type { GrpcConnection } from '../grpc/grpc-connection.ts';
import { createStderrLog, LONGEST_LINE, logOutput } from '../launch/plugin-words.ts';
import { readLines } from '../launch/read-lines.ts';
import { STDIO } from './services.ts';

/** A stream of output that is followed. */
export interface Stdio {
  close(): void;
}

const same = (bytes: Buffer): Buffer => bytes;

/** Logs what the plugin's own code prints after its start, where it has the service. */
export const followStdio = ({ client }: GrpcConnection, words: GuestWords): Stdio => {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const log = createStderrLog(words);
  readLines(stdout, LONGEST_LINE, { line: (line) => logOutput(words, line, 'stdout') });
  readLines(stderr, LONGEST_LINE, { line: log });
  const stream = client.makeServerStreamRequest(STDIO.path, same, same, Buffer.alloc(0), new Metadata());
  const end = (): void => {
    stdout.end();
    stderr.end();
  };
  stream.on('data', (bytes: Buffer) => {
    try {
      const { channel, data } = STDIO.data.read(bytes);
      (channel === STDIO.stderr ? stderr : stdout).write(data);
    } catch {
      // What is no data of the service is nothing to log.
    }
  });
  // Plugins in other languages have no such service.
  stream.on('error', end);
  stream.on('end', end);
  return { close: () => stream.cancel() };
};
