import { parseProto, type Type } from '../binding/protobuf.ts';

/** The services that go-plugin adds to those of the application, with the names and numbers of its own `.proto` files. */
const ROOT = parseProto(`
syntax = "proto3";
message HealthRequest { string service = 1; }
message HealthResponse { int32 status = 1; }
message Empty {}
message StdioData { int32 channel = 1; bytes data = 2; }
message ConnInfo {
  message Knock { bool knock = 1; bool ack = 2; string error = 3; }
  uint32 service_id = 1;
  string network = 2;
  string address = 3;
  Knock knock = 4;
}
`);

/** A message of go-plugin. */
export interface Codec<Value extends object> {
  write(value: Value): Uint8Array;
  /** Throws if the bytes are not such a message. */
  read(bytes: Uint8Array): Value;
}

const codec = <Value extends object>(name: string): Codec<Value> => {
  const type: Type = ROOT.lookupType(name);
  return {
    write: (value) => type.encode(value).finish(),
    read: (bytes) => type.decode(bytes) as unknown as Value,
  };
};

/** The message that both sides of the broker exchange. */
export interface ConnInfo {
  readonly service_id: number;
  readonly network?: string;
  readonly address?: string;
  /** Requests the next stream of a shared connection, or acknowledges the request. */
  readonly knock?: { readonly knock: boolean; readonly ack?: boolean; readonly error?: string } | null;
}

export const HEALTH = {
  path: '/grpc.health.v1.Health/Check',
  request: codec<{ readonly service: string }>('HealthRequest'),
  response: codec<{ readonly status: number }>('HealthResponse'),
  /** The name under which go-plugin registers a plugin. */
  service: 'plugin',
  serving: 1,
} as const;

export const SHUTDOWN = { path: '/plugin.GRPCController/Shutdown' } as const;

export const STDIO = {
  path: '/plugin.GRPCStdio/StreamStdio',
  data: codec<{ readonly channel: number; readonly data: Uint8Array }>('StdioData'),
  stderr: 2,
} as const;

export const BROKER = {
  path: '/plugin.GRPCBroker/StartStream',
  info: codec<ConnInfo>('ConnInfo'),
} as const;
