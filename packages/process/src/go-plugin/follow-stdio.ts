import { PassThrough } from 'node:stream';

import { Metadata } from '@grpc/grpc-js';
import type { GuestWords } from '@plugwire/runtime';

import type { GrpcConnection } from '../grpc/grpc-connection.ts';
import { createStderrLog, LONGEST_LINE, logOutput } from '../launch/plugin-words.ts';
import { readLines } from '../launch/read-lines.ts';
import { STDIO } from './services.ts';

/** A subscription to the output of a plugin. */
export interface Stdio {
  close(): void;
}

const same = (bytes: Buffer): Buffer => bytes;

/** Logs what the plugin prints after its start, if it has go-plugin’s stdio service. */
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
      // Messages that cannot be decoded are ignored.
    }
  });
  // Plugins in other languages do not have this service.
  stream.on('error', end);
  stream.on('end', end);
  return { close: () => stream.cancel() };
};
