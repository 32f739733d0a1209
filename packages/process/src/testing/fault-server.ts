import { Server, ServerCredentials, type ServerUnaryCall, type sendUnaryData, status } from '@grpc/grpc-js';
import {
  createPluginHost,
  type LoadOptions,
  type PluginHostOptions,
  type ServingPlugin,
} from '@plugwire/runtime';
import { interceptFunctions } from '@plugwire/wire/intercept';
import { onTestFinished, vi } from 'vitest';

import { loadProto } from '../binding/load-proto.ts';
import type { Method, Type } from '../binding/protobuf.ts';
import { faultPlugin } from '../fault/fault-plugin.ts';
import type { FaultPluginOptions } from '../fault/fault-options.ts';
import { fileHere } from './kv.ts';

/** A message in the format of protobufjs, with enums as numbers. */
export type Fields = Readonly<Record<string, unknown>>;

/** The handlers of calls, by method. `undefined` means no response at all, `fails` an error status. */
export type Answers = Readonly<Record<string, (request: Fields, call: Call) => Fields | 'fails' | undefined>>;
type Call = ServerUnaryCall<Fields, Fields>;

/** The key for bytes that are sent instead of a message. */
export const RAW = 'raw bytes';

/** A fault plugin in this process. */
export interface FaultServer {
  readonly port: number;
  readonly address: string;
  /** How often each method was called. */
  readonly calls: Readonly<Record<string, number>>;
  /** Ends every connection immediately, and stops listening. */
  vanish(): void;
}

const SERVICE = loadProto({ proto: fileHere('./protos/fault/plugin.proto') }, 'tests').lookupService(
  'plugin.PluginService',
);

/** The default responses. */
const ABOUT: Answers = {
  HealthCheck: () => ({ healthy: true }),
  GetPluginInfo: () => ({ name: 'Test Plugin', version: '1.2.3', author: 'someone', direction: 2, side: 2 }),
  GetPluginCapabilities: () => ({
    can_handle_http_forward: true,
    can_handle_tunnel: true,
    protocols: [1, 3],
  }),
};

/** Serves fault's service with these handlers, on the given port or a free one. Methods without a handler are `UNIMPLEMENTED`. */
export const openFaultServer = async (answers: Answers = {}, port = 0): Promise<FaultServer> => {
  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  const calls: Record<string, number> = {};
  const all = { ...ABOUT, ...answers };
  server.addService(
    Object.fromEntries(Object.keys(all).map((name) => [name, definition(SERVICE.methods[name] as Method)])),
    Object.fromEntries(
      Object.entries(all).map(([name, run]) => [
        name,
        (call: Call, callback: sendUnaryData<Fields>) => {
          calls[name] = (calls[name] ?? 0) + 1;
          const answer = run(call.request, call);
          if (answer === 'fails') callback({ code: status.INTERNAL, details: 'secret' });
          else if (answer !== undefined) callback(null, answer);
        },
      ]),
    ),
  );
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, at) =>
      error === null ? resolve(at) : reject(error),
    );
  });
  const vanish = (): void => server.forceShutdown();
  onTestFinished(vanish);
  return { port: bound, address: `http://127.0.0.1:${bound}`, calls, vanish };
};

const definition = ({ name, resolvedRequestType, resolvedResponseType }: Method) => ({
  path: `/plugin.PluginService/${name}`,
  requestStream: false,
  responseStream: false,
  requestSerialize: (value: Buffer) => value,
  requestDeserialize: (bytes: Buffer) => (resolvedRequestType as Type).decode(bytes) as unknown as Fields,
  responseSerialize: (value: Fields) =>
    value[RAW] === undefined
      ? Buffer.from((resolvedResponseType as Type).encode(value).finish())
      : (value[RAW] as Buffer),
  responseDeserialize: (bytes: Buffer) => bytes,
});

/** Long timeouts, because the machine may be busy, and short delays, so that a returned plugin is found quickly. */
const LIMITS = { deadlineMs: 20_000 };
const QUICK: Partial<FaultPluginOptions> = {
  healthIntervalMs: 20,
  healthTimeoutMs: 10_000,
  connectTimeoutMs: 10_000,
  reconnect: { firstMs: 10, longestMs: 50 },
};

/** Loads a plugin by its address into a separate host. */
export const openFault = async (
  address: string,
  options: Partial<FaultPluginOptions> = {},
  host: Partial<PluginHostOptions> = {},
  load: LoadOptions = {},
): Promise<ServingPlugin> => {
  const opened = createPluginHost({ functions: interceptFunctions, limits: LIMITS, ...host });
  onTestFinished(async () => await opened.close());
  return await opened.load(faultPlugin({ address, ...QUICK, ...options }), load);
};

/** Waits until a plugin is connected, or until it is not connected. */
export const waitForPing = async (plugin: ServingPlugin, isThere: boolean): Promise<void> =>
  await vi.waitFor(
    async () => {
      const { ok } = await plugin.ping();
      if (ok !== isThere) throw new Error(`the plugin is ${ok ? '' : 'not '}there`);
    },
    { timeout: 20_000, interval: 5 },
  );
