import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client, credentials } from '@grpc/grpc-js';

import { startProcess } from '../start-process.ts';
import { createCarefulJson } from './careful-json.ts';
import { CALL_PATH, CHANNEL_OPTIONS } from './grpc-service.ts';
import type { CreateSubject } from './subject.ts';

const identity = (bytes: Buffer): Buffer => bytes;

/**
 * A plugin as a separate process behind a unix socket, like go-plugin. The server returns the bytes without reading them, so only the
 * transport is measured. It echoes every contract.
 */
export const createGrpc: CreateSubject = async ({ contract }) => {
  const json = createCarefulJson(contract);
  const folder = await mkdtemp(join(tmpdir(), 'plugwire-bench-'));
  const address = `unix://${join(folder, 'plugin.sock')}`;
  const server = await startProcess(new URL('grpc-server.js', import.meta.url), [address]);
  const client = new Client(address, credentials.createInsecure(), CHANNEL_OPTIONS);
  const call = async (request: Buffer): Promise<Buffer> =>
    await new Promise((resolve, reject) => {
      client.makeUnaryRequest(CALL_PATH, identity, identity, request, (error, response) => {
        if (response === undefined) reject(error ?? new Error('no response'));
        else resolve(response);
      });
    });
  return {
    run: async (message) => json.read((await call(Buffer.from(json.write(message)))).toString()),
    close: async () => {
      client.close();
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
};
