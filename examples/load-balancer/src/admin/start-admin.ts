import { createServer, type IncomingMessage } from 'node:http';

import { OperateError, type Operator } from '@plugwire/operate';
import { formatRecordings, PluginLoadError } from '@plugwire/runtime';
import { PlugwireUsageError } from '@plugwire/wire';
import type { Registry } from 'prom-client';
import { z } from 'zod';

import type { BalancerPlugins } from '../balancer-plugins.ts';
import { readBody } from '@plugwire/example-shared/body';
import { closeServer, listen, type ListenAddress } from '@plugwire/example-shared/listen';
import { type Reload, runAction, type SettingsOf } from './run-action.ts';
import { refusal, type Reply } from './reply.ts';
import { showHealth } from './show-health.ts';
import { showPlugin } from './show-plugin.ts';

export interface AdminOptions {
  readonly operator: Operator;
  /** Whether the balancer accepts no requests, because it drains or does not listen yet. */
  readonly isDraining: () => boolean;
  readonly plugins: () => BalancerPlugins;
  readonly registry: Registry;
  /** Returns the settings of a plugin in the configuration file. A swap uses them. */
  readonly settingsOf: SettingsOf;
  readonly reload: Reload;
  /** By default a free port of 127.0.0.1. There is no authentication: anyone who can reach this address can replace plugins. */
  readonly address?: ListenAddress | undefined;
}

export interface Admin {
  readonly origin: string;
  close(): Promise<void>;
}

const DRAIN_MS = 1000;
/** The size of a request body. Bodies contain a path and some settings. */
const BODY_BYTES = 64 * 1024;

/**
 * Starts a separate server for operators, with health, metrics and actions. Every path of the balancer belongs to the upstreams, and clients must
 * not reach the actions. The server also responds if the balancer is overloaded. Rejects if the address is taken.
 */
export const startAdmin = async (options: AdminOptions): Promise<Admin> => {
  const server = createServer((incoming, reply) => {
    const send = ({ status, headers, body }: Reply): void => {
      const isText = typeof body === 'string';
      reply.writeHead(status, { 'content-type': 'application/json', ...headers });
      reply.end(isText ? body : `${JSON.stringify(body)}\n`);
    };
    // If the client has disconnected, the reply is discarded.
    answer(options, incoming).then(send, (error: unknown) => send(refusalOf(error)));
  });
  const origin = await listen(server, options.address);
  return { origin, close: async () => await closeServer(server, DRAIN_MS) };
};

const answer = async (options: AdminOptions, incoming: IncomingMessage): Promise<Reply> => {
  const { method = '', url = '/' } = incoming;
  const path = url.split('?')[0]?.split('/').slice(1) ?? [];
  if (method === 'GET') return await show(options, path);
  if (method !== 'POST') return refusal(405, 'bad_method', 'expected GET or POST.', { allow: 'GET, POST' });
  // Browsers send `Origin` with each POST of a page. Other clients do not.
  if (incoming.headers.origin !== undefined)
    return refusal(403, 'from_a_page', 'requests from web pages are refused: use curl or another client.');
  const body = await readBody(incoming, BODY_BYTES);
  if (body.kind === 'stream')
    return {
      ...refusal(413, 'too_large', `the body is too large: expected at most ${BODY_BYTES} bytes.`),
      headers: { connection: 'close' },
    };
  return await runAction(options, path, body.bytes.toString('utf8'));
};

const show = async (options: AdminOptions, [kind, name, ...more]: readonly string[]): Promise<Reply> => {
  const { operator, registry } = options;
  if (name === undefined && kind === 'health') return showHealth(options);
  if (name === undefined && kind === 'metrics')
    return {
      status: 200,
      headers: { 'content-type': registry.contentType },
      body: await registry.metrics(),
    };
  if (name === undefined && kind === 'recordings')
    return {
      status: 200,
      headers: { 'content-type': 'application/x-ndjson' },
      body: formatRecordings(operator.names().flatMap((each) => operator.get(each).recordings())),
    };
  if (kind === 'plugins' && more.length === 0) {
    return name === undefined
      ? { status: 200, body: { plugins: operator.names().map((each) => showPlugin(operator, each)) } }
      : { status: 200, body: showPlugin(operator, name) };
  }
  return refusal(
    404,
    'unknown_path',
    'the path is unknown: expected /health, /metrics, /recordings, /plugins or /plugins/NAME.',
  );
};

/** Errors of the operator keep their message. Other errors are bugs of the server, and their message is not shown. */
const refusalOf = (error: unknown): Reply => {
  if (error instanceof OperateError)
    return refusal(error.code === 'unknown_name' ? 404 : 409, error.code, error.message);
  if (error instanceof PluginLoadError) return refusal(409, error.code, error.message, {}, error.stage);
  if (error instanceof PlugwireUsageError) return refusal(400, error.code, error.message);
  if (error instanceof SyntaxError)
    return refusal(400, 'not_json', 'the body is not JSON: expected an object.');
  if (error instanceof z.ZodError) return refusal(400, 'bad_body', z.prettifyError(error));
  return refusal(500, 'unexpected', 'internal error of the admin server.');
};
