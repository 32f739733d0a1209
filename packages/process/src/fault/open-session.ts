import { connectivityState, credentials } from '@grpc/grpc-js';
import { callError } from '@plugwire/runtime';

import { clock } from '../base/clock.ts';
import { type GrpcConnection, openGrpcConnection } from '../grpc/grpc-connection.ts';
import { within } from '../launch/start-process.ts';
import { type Asked, type AskLimits, askPlugin } from './ask-plugin.ts';
import { type PluginFacts, readFacts } from './plugin-facts.ts';
import { FAULT, type FaultMethod } from './plugin-service.ts';

/** A connected plugin that has passed its health check and reported its capabilities. */
export interface FaultSession {
  readonly facts: PluginFacts;
  /** Resolves when the connection is lost. */
  readonly lost: Promise<void>;
  isLost(): boolean;
  /** Never rejects. */
  ask<Request extends object, Response extends object>(
    method: FaultMethod<Request, Response>,
    request: Uint8Array,
    limits: AskLimits,
  ): Promise<Asked<Response>>;
  /** Runs a health check. Never rejects. */
  checkHealth(timeLeftMs: number, signal: AbortSignal): Promise<HealthCheck>;
  /** Waits for the running calls, then closes the connection. */
  retire(): void;
  /** Closes the connection at once. */
  close(): void;
}

/** The result of a health check. */
type HealthCheck = { readonly ok: true } | { readonly ok: false; readonly error: { readonly code: string } };

/** The address of a plugin, and its timeouts and limits. */
export interface SessionOptions {
  /** `host:port`. */
  readonly address: string;
  /** The timeout for connecting and reading the capabilities, in milliseconds. */
  readonly connectTimeoutMs: number;
  /** The most bytes of any response. */
  readonly answerBytes: number;
}

/** The most bytes of a response that describes the plugin. */
const ABOUT_BYTES = 64 * 1024;
const EMPTY = new Uint8Array();
/** How long a failed call waits for the event that its connection is lost, in milliseconds. The two events come in any order. */
const LOSS_MS = 100;

type Opened = { readonly ok: true; readonly session: FaultSession } | (HealthCheck & { readonly ok: false });

/** Connects to a plugin, checks its health, and reads its information and capabilities. Never rejects. */
export const openSession = async (
  { address, connectTimeoutMs, answerBytes }: SessionOptions,
  signal: AbortSignal,
): Promise<Opened> => {
  const untilMs = clock.nowMs() + connectTimeoutMs;
  const connection = openGrpcConnection({
    network: 'tcp',
    address,
    credentials: credentials.createInsecure(),
    answerBytes: Math.max(answerBytes, ABOUT_BYTES),
    authority: address,
  });
  const limits = (): AskLimits => ({
    timeLeftMs: Math.max(1, untilMs - clock.nowMs()),
    signal,
    answerBytes: ABOUT_BYTES,
  });
  const refuse = ({ error }: HealthCheck & { readonly ok: false }): Opened => {
    connection.close();
    return { ok: false, error };
  };
  const health = await askHealth(connection, limits());
  if (!health.ok) return refuse(health);
  const [info, capabilities] = await Promise.all([
    askPlugin(connection, FAULT.getInfo, EMPTY, limits()),
    askPlugin(connection, FAULT.getCapabilities, EMPTY, limits()),
  ]);
  if (!info.ok) return refuse(info);
  if (!capabilities.ok) return refuse(capabilities);
  return { ok: true, session: createSession(connection, readFacts(info.answer, capabilities.answer)) };
};

const createSession = (connection: GrpcConnection, facts: PluginFacts): FaultSession => {
  let running = 0;
  let isRetired = false;
  let isLost = false;
  const lost = whenLost(connection, () => {
    isLost = true;
  });
  const counted = async <Answer>(call: Promise<Answer>): Promise<Answer> => {
    running += 1;
    try {
      return await call;
    } finally {
      running -= 1;
      if (isRetired && running === 0) connection.close();
    }
  };
  return {
    facts,
    lost,
    isLost: () => isLost,
    ask: async (method, request, limits) => {
      const asked = await counted(askPlugin(connection, method, request, limits));
      if (asked.ok || asked.error.code !== 'call_failed') return asked;
      await within(Math.min(LOSS_MS, limits.timeLeftMs / 2), lost);
      return isLost ? { ok: false, error: callError('not_connected') } : asked;
    },
    checkHealth: async (timeLeftMs, signal) =>
      await counted(askHealth(connection, { timeLeftMs, signal, answerBytes: ABOUT_BYTES })),
    retire: () => {
      isRetired = true;
      if (running === 0) connection.close();
    },
    close: () => connection.close(),
  };
};

const askHealth = async (connection: GrpcConnection, limits: AskLimits): Promise<HealthCheck> => {
  const asked = await askPlugin(connection, FAULT.healthCheck, EMPTY, limits);
  if (!asked.ok) return { ok: false, error: asked.error };
  return asked.answer.healthy ? { ok: true } : { ok: false, error: { code: 'not_serving' } };
};

/** Calls back and resolves when a ready connection is lost. */
const whenLost = async ({ client }: GrpcConnection, onLoss: () => void): Promise<void> => {
  const channel = client.getChannel();
  if (channel.getConnectivityState(false) === connectivityState.READY) {
    await new Promise<void>((resolve) => {
      channel.watchConnectivityState(connectivityState.READY, Infinity, () => resolve());
    });
  }
  onLoss();
};
