import { parseProto } from '../binding/protobuf.ts';

/** The service of fault's plugins, with the names and numbers of its `.proto`. Enums are read as numbers, because a plugin may send unknown ones. */
const ROOT = parseProto(`
syntax = "proto3";
message Empty {}
message HealthCheckResponse { bool healthy = 1; string message = 2; }
message GetPluginInfoResponse {
  string name = 1; string version = 2; string author = 3; string url = 4; string platform = 5;
  int32 direction = 6; int32 side = 7;
}
message GetPluginCapabilitiesResponse {
  bool can_handle_http_forward = 1; bool can_handle_tunnel = 2; repeated int32 protocols = 3;
}
message HttpHeader { string name = 1; string value = 2; }
message HttpRequest { string method = 1; string path = 2; repeated HttpHeader headers = 3; bytes body = 4; }
message HttpResponse { uint32 status_code = 1; repeated HttpHeader headers = 2; bytes body = 3; }
message ProcessHttpRequestRequest { HttpRequest request = 1; }
message ProcessHttpRequestResponse {
  int32 action = 1; HttpRequest modified_request = 2; HttpResponse abort_response = 3;
}
message ProcessHttpResponseRequest { HttpResponse response = 1; }
message ProcessHttpResponseResponse {
  int32 action = 1; HttpResponse modified_response = 2; HttpResponse abort_response = 3;
}
message ProcessTunnelDataRequest { string id = 1; int32 side = 2; int32 direction = 3; bytes chunk = 4; }
message PassThrough { bytes chunk = 1; }
message Replace { bytes modified_chunk = 1; }
message Buffer { int32 estimated_time_to_release_ms = 1; }
message Close { string reason = 1; }
message ProcessTunnelDataResponse {
  oneof action { PassThrough pass_through = 1; Replace replace = 2; Buffer buffer = 3; Close close = 4; }
}
`);

/** One call of the service. */
export interface FaultMethod<Request extends object, Response extends object> {
  readonly path: string;
  write(request: Request): Uint8Array;
  /** Throws if the bytes are not such a message. */
  read(bytes: Uint8Array): Response;
}

const method = <Request extends object, Response extends object>(
  name: string,
  requestName = `${name}Request`,
): FaultMethod<Request, Response> => {
  const request = ROOT.lookupType(requestName);
  const response = ROOT.lookupType(`${name}Response`);
  return {
    path: `/plugin.PluginService/${name}`,
    write: (value) => request.encode(value).finish(),
    read: (bytes) => response.decode(bytes) as unknown as Response,
  };
};

/** A header of a message. */
export interface HttpHeader {
  readonly name: string;
  readonly value: string;
}

/** An HTTP request. */
export interface HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: readonly HttpHeader[];
  readonly body: Uint8Array;
}

/** An HTTP response. */
export interface HttpResponse {
  readonly status_code: number;
  readonly headers: readonly HttpHeader[];
  readonly body: Uint8Array;
}

/** The identity that a plugin reports. */
export interface Info {
  readonly name: string;
  readonly version: string;
  readonly author: string;
  readonly url: string;
  readonly platform: string;
  readonly direction: number;
  readonly side: number;
}

/** The capabilities that a plugin reports. */
export interface Capabilities {
  readonly can_handle_http_forward: boolean;
  readonly can_handle_tunnel: boolean;
  readonly protocols: readonly number[];
}

/** The answer of a plugin to a request. An absent message is null. */
export interface RequestAnswer {
  readonly action: number;
  readonly modified_request: HttpRequest | null;
  readonly abort_response: HttpResponse | null;
}

/** The answer of a plugin to a response. */
export interface ResponseAnswer {
  readonly action: number;
  readonly modified_response: HttpResponse | null;
  readonly abort_response: HttpResponse | null;
}

/** Bytes of a connection that are sent to a plugin. */
interface TunnelData {
  readonly id: string;
  readonly side: number;
  readonly direction: number;
  readonly chunk: Uint8Array;
}

/** The answer of a plugin to bytes of a connection. At most one field is set. */
export interface TunnelAnswer {
  readonly pass_through?: { readonly chunk: Uint8Array } | null;
  readonly replace?: { readonly modified_chunk: Uint8Array } | null;
  readonly buffer?: { readonly estimated_time_to_release_ms: number } | null;
  readonly close?: { readonly reason: string } | null;
}

/** The six methods of the service. */
export const FAULT = {
  healthCheck: method<object, { readonly healthy: boolean }>('HealthCheck', 'Empty'),
  getInfo: method<object, Info>('GetPluginInfo', 'Empty'),
  getCapabilities: method<object, Capabilities>('GetPluginCapabilities', 'Empty'),
  processRequest: method<{ readonly request: HttpRequest }, RequestAnswer>('ProcessHttpRequest'),
  processResponse: method<{ readonly response: HttpResponse }, ResponseAnswer>('ProcessHttpResponse'),
  processData: method<TunnelData, TunnelAnswer>('ProcessTunnelData'),
} as const;
