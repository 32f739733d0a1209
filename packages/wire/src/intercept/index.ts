/**
 * The contracts of an intercepting proxy. Plugins see HTTP requests, HTTP responses and the bytes of streams, and can change, answer, hold back
 * or close them. Bodies and chunks are a `Uint8Array` for the host and base64 in JSON. Transports with a type for bytes send the bytes.
 *
 * There are two sets of contracts. {@link interceptFunctions} are for inspection and fault injection: a plugin that fails is skipped.
 * {@link guardedInterceptFunctions} are for masking and filtering: if a plugin fails, the message or chunk is not passed on.
 *
 * @module
 */
import { z } from 'zod';

import { defineWireFunction } from '../contract/define-wire-function.ts';
import type { FallbackPolicy } from '../base/fallback-policy.ts';
import { base64Bytes } from '../json/base64-bytes.ts';
import {
  direction,
  httpRequestMessage,
  httpResponseMessage,
  nextStreamState,
  nullIfAbsent,
  peer,
  side,
  streamState,
} from './shapes.ts';

const SAMPLE_ID = '00000000-0000-4000-8000-000000000001';
const SAMPLE_BYTES = new Uint8Array([104, 105]);
const SAMPLE_HEADERS = [{ name: 'content-type', value: 'text/plain' }];
const SAMPLE_REQUEST = { method: 'POST', path: '/greet?q=1', headers: SAMPLE_HEADERS, body: SAMPLE_BYTES };
const SAMPLE_RESPONSE = { status_code: 200, headers: SAMPLE_HEADERS, body: SAMPLE_BYTES };
const SAMPLE_STATE = new Uint8Array([1]);

/**
 * Returns who a plugin is and what it wants to see. The host calls it once, when the plugin is added.
 *
 * If the dispatch fails, the default is used: the plugin sees every request, response and chunk once. Otherwise a plugin without this function
 * would silently never be called.
 */
export const pluginInfo = defineWireFunction({
  name: 'plugin_info',
  description: 'Says who the plugin is and what it wants to see.',
  fallback: 'use_default',
  request: z.strictObject({}),
  response: z.strictObject({
    name: z.string(),
    version: z.string(),
    author: z.string(),
    url: z.string(),
    platform: z.string(),
    direction: z
      .enum(['ingress', 'egress', 'both'])
      .describe('Which chunks it sees: when they are read, when they are written, or both times.'),
    side: z.enum(['client', 'server', 'any']).describe('Whose chunks it sees.'),
    protocols: z
      .array(z.string())
      .describe('The protocols that it knows, such as http, https and postgresql. An empty list is any.'),
    can_handle_http_forward: z.boolean().describe('It sees requests and responses.'),
    can_handle_tunnel: z.boolean().describe('It sees streams.'),
  }),
  sample: {
    request: {},
    response: {
      name: 'echo',
      version: '1.0.0',
      author: 'someone',
      url: 'https://plugin.example',
      platform: 'wasm',
      direction: 'ingress',
      side: 'any',
      protocols: ['http'],
      can_handle_http_forward: true,
      can_handle_tunnel: true,
    },
  },
}).withDefault(() => ({
  name: '',
  version: '',
  author: '',
  url: '',
  platform: '',
  direction: 'ingress',
  side: 'any',
  protocols: [],
  can_handle_http_forward: true,
  can_handle_tunnel: true,
}));

const abort = z.strictObject({
  kind: z.literal('abort').describe('The client gets the answer at once.'),
  response: httpResponseMessage,
});

const defineHttpRequest = <Policy extends FallbackPolicy>(fallback: Policy) =>
  defineWireFunction({
    name: 'http_request',
    description: 'Sees a request before the server does, and may change it or answer it.',
    fallback,
    request: z.strictObject({
      id: z.string().describe('The same for a request and its response.'),
      request: httpRequestMessage,
    }),
    response: z.strictObject({
      action: z.discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('continue').describe('The request goes on; null leaves it as it is.'),
          modified_request: nullIfAbsent(httpRequestMessage),
        }),
        abort,
      ]),
    }),
    sample: {
      request: { id: SAMPLE_ID, request: SAMPLE_REQUEST },
      response: { action: { kind: 'continue', modified_request: null } },
    },
  });

const defineHttpResponse = <Policy extends FallbackPolicy>(fallback: Policy) =>
  defineWireFunction({
    name: 'http_response',
    description: 'Sees a response before the client does, and may change it or give another.',
    fallback,
    request: z.strictObject({
      id: z.string().describe('The same for a request and its response.'),
      response: httpResponseMessage,
    }),
    response: z.strictObject({
      action: z.discriminatedUnion('kind', [
        z.strictObject({
          kind: z.literal('continue').describe('The response goes on; null leaves it as it is.'),
          modified_response: nullIfAbsent(httpResponseMessage),
        }),
        abort,
      ]),
    }),
    sample: {
      request: { id: SAMPLE_ID, response: SAMPLE_RESPONSE },
      response: { action: { kind: 'continue', modified_response: null } },
    },
  });

const close = z.strictObject({
  kind: z.literal('close').describe('Both connections of the stream end.'),
  reason: z.string(),
});

const defineStreamOpen = <Policy extends FallbackPolicy>(fallback: Policy) =>
  defineWireFunction({
    name: 'stream_open',
    description: 'Sees a stream before the first byte, and may close it.',
    fallback,
    request: z.strictObject({
      id: z.string().describe('The same for all calls of one stream.'),
      protocol: z.string().describe('What the operator says is in it, such as postgresql; tcp if unknown.'),
      client: peer,
      server: peer,
    }),
    response: z.strictObject({
      action: z.discriminatedUnion('kind', [z.strictObject({ kind: z.literal('open') }), close]),
      state: nextStreamState,
    }),
    sample: {
      request: {
        id: SAMPLE_ID,
        protocol: 'postgresql',
        client: { host: '127.0.0.1', port: 50_000 },
        server: { host: 'database.example', port: 5432 },
      },
      response: { action: { kind: 'open' }, state: SAMPLE_STATE },
    },
  });

const defineStreamData = <Policy extends FallbackPolicy>(fallback: Policy) =>
  defineWireFunction({
    name: 'stream_data',
    description:
      'Sees a chunk of a stream. Its state stays with the host and comes back with the next chunk of the stream, whatever the direction.',
    fallback,
    request: z.strictObject({
      id: z.string(),
      side: side.describe('Whom the chunk was read from (ingress), or is written to (egress).'),
      direction,
      chunk: base64Bytes.describe('As it arrived. Empty at the end if nothing is left.'),
      held: base64Bytes.describe('What the plugin held back before, in this direction.'),
      is_end: z.boolean().describe('Nothing follows in this direction: what is held back now is released.'),
      state: streamState,
    }),
    response: z.strictObject({
      action: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('pass').describe('What was held back and the chunk go on.') }),
        z.strictObject({
          kind: z.literal('replace').describe('This goes on instead of what was held back and the chunk.'),
          chunk: base64Bytes,
          held: nullIfAbsent(base64Bytes).describe('What is held back from now on; null is nothing.'),
        }),
        z.strictObject({
          kind: z.literal('hold').describe('The chunk waits with what was held back.'),
          release_ms: nullIfAbsent(z.uint32()).describe(
            'After so many milliseconds it goes on by itself. The host has a limit, which null means.',
          ),
        }),
        close,
      ]),
      state: nextStreamState,
    }),
    sample: {
      request: {
        id: SAMPLE_ID,
        side: 'client',
        direction: 'ingress',
        chunk: SAMPLE_BYTES,
        held: new Uint8Array(),
        is_end: false,
        state: SAMPLE_STATE,
      },
      response: { action: { kind: 'pass' }, state: null },
    },
  });

/**
 * Sees a request, and can change or answer it. If the dispatch fails, the request passes unchanged, so that a broken inspection plugin does not
 * cause an outage.
 */
export const httpRequest = defineHttpRequest('pass_through');

/**
 * Sees a response, and can change or replace it. If the dispatch fails, the response passes unchanged: the server has already handled the
 * request.
 */
export const httpResponse = defineHttpResponse('pass_through');

/** Sees a new stream, and can close it. If the dispatch fails, the stream opens, and the plugin does not see it. */
export const streamOpen = defineStreamOpen('pass_through');

/**
 * Sees a chunk, and can replace it, hold it back or close the stream. If the dispatch fails, the chunk passes, after the bytes that were held
 * back. The plugin then sees no more of this stream, because it missed a part.
 */
export const streamData = defineStreamData('pass_through');

/** Reports that a stream has ended. If the dispatch fails, nothing else happens. */
export const streamClose = defineWireFunction({
  name: 'stream_close',
  description: 'Reports that a stream has ended.',
  fallback: 'silent_skip',
  request: z.strictObject({
    id: z.string(),
    reason: z.string().describe('ended, reset, closed_by_plugin, or another word of the host.'),
    bytes_from_client: z.int().min(0),
    bytes_from_server: z.int().min(0),
    state: streamState,
  }),
  response: z.strictObject({}),
  sample: {
    request: {
      id: SAMPLE_ID,
      reason: 'ended',
      bytes_from_client: 2,
      bytes_from_server: 0,
      state: SAMPLE_STATE,
    },
    response: {},
  },
});

/** {@link httpRequest} for a plugin that must not be skipped: if the dispatch fails, the request fails and is not sent to the server. */
export const guardedHttpRequest = defineHttpRequest('fail_request');

/** {@link httpResponse} for a plugin that must not be skipped: if the dispatch fails, the client gets an error instead of the response. */
export const guardedHttpResponse = defineHttpResponse('fail_request');

/** {@link streamOpen} for a plugin that must not be skipped: if the dispatch fails, the stream does not open. */
export const guardedStreamOpen = defineStreamOpen('fail_request');

/** {@link streamData} for a plugin that must not be skipped: if the dispatch fails, the chunk is dropped and the stream is closed. */
export const guardedStreamData = defineStreamData('fail_request');

/** All six contracts, for inspection and fault injection. If a plugin fails, the message or chunk passes unchanged. */
export const interceptFunctions = [
  pluginInfo,
  httpRequest,
  httpResponse,
  streamOpen,
  streamData,
  streamClose,
] as const;

/** All six contracts, for masking and filtering. If a plugin fails, the message or chunk does not pass. */
export const guardedInterceptFunctions = [
  pluginInfo,
  guardedHttpRequest,
  guardedHttpResponse,
  guardedStreamOpen,
  guardedStreamData,
  streamClose,
] as const;
