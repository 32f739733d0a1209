/**
 * A plugin of fault that runs as a child process of a script. It listens on the port in its first argument (0: any free port) and sends the port
 * to its parent, or -1 if it cannot listen. It passes chunks unchanged, and adds the header `x-seen-by` to requests and responses.
 */
import { fileURLToPath } from 'node:url';

import {
  loadPackageDefinition,
  Server,
  ServerCredentials,
  type ServiceClientConstructor,
  type sendUnaryData,
  type ServerUnaryCall,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

interface Message {
  readonly headers?: readonly { readonly name: string; readonly value: string }[];
}
type Call<Request> = ServerUnaryCall<Request, object>;

const answer =
  <Request>(make: (request: Request) => object) =>
  ({ request }: Call<Request>, done: sendUnaryData<object>): void =>
    done(null, make(request));

const mark = (message: Message): Message => ({
  ...message,
  headers: [...(message.headers ?? []), { name: 'x-seen-by', value: 'fault' }],
});

const proto = fileURLToPath(new URL('../../plugins/fault/plugin.proto', import.meta.url));
const { plugin } = loadPackageDefinition(loadSync(proto, { keepCase: true })) as unknown as {
  readonly plugin: { readonly PluginService: ServiceClientConstructor };
};

const server = new Server({
  'grpc.max_receive_message_length': -1,
  'grpc-node.flow_control_window': 1024 * 1024,
});
server.addService(plugin.PluginService.service, {
  HealthCheck: answer(() => ({ healthy: true })),
  GetPluginInfo: answer(() => ({ name: 'Marker', version: '1.0.0', direction: 0, side: 2 })),
  GetPluginCapabilities: answer(() => ({ can_handle_http_forward: true, can_handle_tunnel: true })),
  ProcessHttpRequest: answer(({ request }: { readonly request: Message }) => ({
    action: 0,
    modified_request: mark(request),
  })),
  ProcessHttpResponse: answer(({ response }: { readonly response: Message }) => ({
    action: 0,
    modified_response: mark(response),
  })),
  ProcessTunnelData: answer(({ chunk }: { readonly chunk: Uint8Array }) => ({ pass_through: { chunk } })),
});
const port = process.argv[2] ?? '0';
server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, bound) => {
  process.send?.(error === null ? bound : -1);
});
process.once('disconnect', () => process.exit());
